// The fields of a postal address, for customers, orders and locations.
import type { Form } from "#sandbox/pages/form.ts";
import { html, type Html } from "#sandbox/pages/html.ts";
import { input } from "#sandbox/pages/parts/controls.ts";
import type { AddressInput } from "#sandbox/store/inputs.ts";
import type { Address, Frozen } from "#sandbox/store/truth.ts";

type Line = keyof Omit<Address, "id" | "latitude" | "longitude" | "provinceCode" | "country">;

const PERSON: readonly (readonly [Line, string])[] = [
  ["firstName", "First name"],
  ["lastName", "Last name"],
  ["company", "Company"],
];
const PLACE: readonly (readonly [Line, string])[] = [
  ["address1", "Address"],
  ["address2", "Apartment, suite"],
  ["zip", "Postal code"],
  ["city", "City"],
  ["province", "Region"],
  ["countryCode", "Country (code)"],
  ["phone", "Phone"],
];

/** Fields called "<prefix>.<line>". */
export function addressFields(
  form: Form,
  prefix: string,
  record: Partial<Frozen<Address>> | null,
  options: { person: boolean },
): Html {
  const lines = options.person ? [...PERSON, ...PLACE] : PLACE;
  return html`<div class="split">
    ${lines.map(([line, label]) =>
      input({
        name: `${prefix}.${line}`,
        label,
        value: form.or(`${prefix}.${line}`, record?.[line]),
        problems: form.problems,
        placeholder: line === "countryCode" ? "US" : undefined,
      }),
    )}
  </div>`;
}

/** What was typed, line by line; null for a line left empty. */
export function readAddress(form: Form, prefix: string): AddressInput {
  const address: AddressInput = {};
  for (const [line] of [...PERSON, ...PLACE]) address[line] = form.text(`${prefix}.${line}`) || null;
  const code = address.countryCode?.toUpperCase() ?? null;
  if (code !== null && !/^[A-Z]{2}$/.test(code)) {
    form.problems.add(`${prefix}.countryCode`, "Use a code of two letters, such as US.");
    return address;
  }
  return { ...address, countryCode: code, country: code === null ? null : nameOfCountry(code) };
}

/** True when any line of the address was filled in. */
export function hasAddress(form: Form, prefix: string): boolean {
  return [...PERSON, ...PLACE].some(([line]) => form.text(`${prefix}.${line}`) !== "");
}

function nameOfCountry(code: string): string {
  return new Intl.DisplayNames(["en"], { type: "region" }).of(code) ?? code;
}
