// Every code that the engine can give a run, a hole or an error has its sentence: no person is to read a code.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { en } from "#app/texts/en.ts";

const APP = join(import.meta.dirname, "../../app");

/** Where codes are made: after these words comes one, or a condition that ends in some. */
const MADE = [
  /new Permanent\(\s*([^;]*?),/g,
  /new BadField\(\s*([^;]*?),/g,
  /super\(\s*("[A-Z_]+"),/g,
  /\bincomplete\(\s*("[A-Z_]+")/g,
  /openHole\(([^;]*?)\)/g,
  /(?:state: "(?:incomplete|failed)",|key(?:: \w+)?(?:: null)?,)\s*code: ("?[A-Z_]+"?)/g,
  /const code = ([^;]*);/g,
  /^ {2}\d{3}: ("[A-Z_]+"),$/gm,
  /const NAME_NOT_FOUND = (".*");/g,
  /^ {2}\| ("[A-Z_]+")/gm,
];
/** Codes that end no run and are no errors: refusals of the API to its callers, and marks of deliveries and limits. */
const FOLDERS = ["shopify", "sync", "resources"];
const CODE = /"([A-Z]{3,}(?:_[A-Z]+)*)"/g;
const NOT_OURS = new Set(["CODE", "ID", "DEPRECATED"]);

function codesIn(text: string): string[] {
  return MADE.flatMap((made) => [...text.matchAll(made)]).flatMap(([, found]) =>
    [...found!.matchAll(CODE)].map(([, code]) => code!),
  );
}

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(APP, folder)).map((name) => join(APP, folder, name)),
).concat(join(APP, "shops/token.server.ts"));
const codes = [
  ...new Set(
    files
      .filter((file) => !file.endsWith("generated.ts"))
      .flatMap((file) => codesIn(readFileSync(file, "utf8"))),
  ),
].filter((code) => !NOT_OURS.has(code));

it("finds the codes", () => {
  for (const code of [
    "MALFORMED_LINES",
    "ORPHANED_LINES",
    "SHOP_FROZEN",
    "NAME_NOT_FOUND",
    "BUG",
    "OUT_OF_RANGE",
  ])
    expect(codes).toContain(code);
  expect(codes.length).toBeGreaterThan(30);
});

it.each(codes.toSorted())("%s has a sentence, and says what to do", (code) => {
  expect(Object.keys(en.cause)).toContain(code);
});

it.each(["INTERNAL_SERVER_ERROR", "TIMEOUT", "ACCESS_DENIED", "FAILED"])(
  "an operation that ended in %s is told in words",
  (code) => expect(Object.keys(en.runPage.end)).toContain(code),
);
