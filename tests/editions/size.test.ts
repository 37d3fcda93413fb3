// The grammar of size metafields, as a table.
import { describe, expect, it } from "vitest";
import { parseSize } from "#app/editions/size.ts";

describe("a size that is understood", () => {
  it.each([
    ["50", 50, 0],
    ["  50 ", 50, 0],
    ["1", 1, 0],
    ["1000000", 1_000_000, 0],
    ["５０", 50, 0],
    ["50\u200b", 50, 0],
    ["\ufeff50\u00a0+ 5\u00adAP", 50, 5],
    ["Edition of 100", 100, 0],
    ["edition 100", 100, 0],
    ["EDITION OF  100", 100, 0],
    ["Limited edition of 250", 250, 0],
    ["Ed. of 25", 25, 0],
    ["Ed. 25", 25, 0],
    ["50 + 5 AP", 50, 5],
    ["50+5AP", 50, 5],
    ["50 + 5 A.P.", 50, 5],
    ["50 + 5 APs", 50, 5],
    ["50 plus 5 artist's proofs", 50, 5],
    ["50 & 1 artist’s proof", 50, 1],
    ["50 + 5 artists' proofs", 50, 5],
    ["50 + 2 EA", 50, 2],
    ["50 + 5 AP + 2 PP + 1 HC", 50, 8],
    ["Edition of 50 + 5 AP", 50, 5],
  ])("%j", (text, size, proofs) => {
    expect(parseSize(text, "single_line_text_field")).toEqual({ size, proofs });
  });

  it("may stand in an integer field, or one whose type is not known", () => {
    expect(parseSize("75", "number_integer")).toEqual({ size: 75, proofs: 0 });
    expect(parseSize("75", null)).toEqual({ size: 75, proofs: 0 });
  });
});

describe("a size that would have to be guessed", () => {
  it.each([
    ["", "EMPTY"],
    ["  \n ", "EMPTY"],
    ["25/100", "FRACTION"],
    ["25 of 100", "FRACTION"],
    ["#7/50", "FRACTION"],
    ["0", "ZERO"],
    ["000", "ZERO"],
    ["1000001", "TOO_LARGE"],
    ["99999999999999999999999999", "TOO_LARGE"],
    ["1,000", "SEPARATOR"],
    ["1.000", "SEPARATOR"],
    ["1 000 000", "SEPARATOR"],
    ["50 + 5", "PROOFS"],
    ["50 + AP", "PROOFS"],
    ["50 + 0 AP", "PROOFS"],
    ["50 +", "PROOFS"],
    ["50 + 5 XY", "PROOFS"],
    ["50 + 5 constructor", "PROOFS"],
    ["50 + 5 AP + 2 AP", "PROOFS"],
    ["-5", "NOT_A_SIZE"],
    ["+5", "NOT_A_SIZE"],
    ["5.5", "NOT_A_SIZE"],
    ["007", "NOT_A_SIZE"],
    ["50-100", "NOT_A_SIZE"],
    ["ca. 50", "NOT_A_SIZE"],
    ["fifty", "NOT_A_SIZE"],
    ["unlimited", "NOT_A_SIZE"],
    ["5e3", "NOT_A_SIZE"],
    ["Edition of", "NOT_A_SIZE"],
    ["Edition of Edition of 5", "NOT_A_SIZE"],
    ["5".repeat(201), "NOT_A_SIZE"],
    ["50\u0000", "NOT_A_SIZE"],
  ])("%j", (text, problem) => {
    expect(parseSize(text, "single_line_text_field")).toEqual({ problem });
  });

  it.each(["json", "list.number_integer", "number_decimal", "boolean", "rich_text_field"])(
    "is not looked for in a field of type %s",
    (type) => {
      expect(parseSize("50", type)).toEqual({ problem: "TYPE" });
    },
  );
});
