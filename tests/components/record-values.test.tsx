// @vitest-environment jsdom
// What a record's page says of its values: words for people, and nothing that hides a difference.
import "./screen.ts";
import { screen } from "@testing-library/react";
import { buildSchema, getNamedType, isEnumType, isObjectType } from "graphql";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { snakeOf } from "#app/components/activity-words.ts";
import { FieldTable } from "#app/components/record-fields.tsx";
import { valueWords } from "#app/components/record-values.ts";
import { resources } from "#app/resources/index.ts";
import type { FieldPair } from "#app/status/record-columns.ts";
import { reading, renderFor } from "./readers.tsx";

const words = (column: string, value: string, currency: string | null = null, locale = "en") =>
  valueWords(column, value, currency, reading(locale));
const text = (column: string, value: string) => words(column, value).text;

describe("a value", () => {
  it("that is money stands in its currency, with the exact amount behind it and no digit lost", () => {
    expect(words("total_price", "166.610000", "USD")).toEqual({ text: "$166.61", exact: "166.610000 USD" });
    expect(words("total_price", "1250.000000", "JPY").text).toBe("¥1,250");
    expect(words("total_price", "0.123456", "USD").text).toBe("$0.123456");
    expect(words("total_price", "99999999999999.010000", "USD").text).toBe("$99,999,999,999,999.01");
    expect(words("total_price", "1234.500000", "EUR", "de").text).toBe("1.234,50 €");
    expect(words("total_price", "166.610000")).toEqual({ text: "166.610000", exact: null });
  });

  it("that is one of Shopify's constants is said in words, and a SKU or a country is not", () => {
    expect(words("cancel_reason", "FRAUD")).toEqual({ text: "Fraud", exact: "FRAUD" });
    expect(text("return_status", "NO_RETURN")).toBe("No return");
    expect(text("sku", "VASE")).toBe("VASE");
    expect(text("country_code_of_origin", "DE")).toBe("DE");
    expect(text("type", "number_integer")).toBe("number_integer");
  });

  it("of every column that the official schema knows as an enum is said in words, but for currencies and countries", () => {
    const file = join(import.meta.dirname, "../../sandbox/schema/admin-2026-10.graphql");
    const schema = buildSchema(readFileSync(file, "utf8"), { assumeValidSDL: true });
    const left: string[] = [];
    let seen = 0;
    for (const { type, model, columns } of resources) {
      const root = schema.getType(type);
      if (!isObjectType(root)) throw new Error(`${type} is no object`);
      for (const [column, { from, within }] of Object.entries(columns[model] ?? {})) {
        // What a descriptor puts together itself is no field of the schema's.
        const found = getNamedType(root.getFields()[from]?.type);
        if (within || !found || !isEnumType(found) || /^(Currency|Country)Code$/.test(found.name)) continue;
        seen += 1;
        if (text(snakeOf(column), "SOME_VALUE") !== "Some value") left.push(`${model}.${column}`);
      }
    }
    expect(left).toEqual([]);
    expect(seen).toBeGreaterThan(8);
  });

  it("that is a weight has its unit, where no column of its own names it", () => {
    expect(words("total_weight", "123392")).toEqual({ text: "123,392\u00a0g", exact: "123392" });
    expect(text("weight", "3392")).toBe("3392");
  });

  it("that is JSON is read as lines", () => {
    expect(text("tags", '["blue","red"]')).toBe("blue, red");
    expect(text("custom_attributes", '[{"key":"Gift","value":"yes"},{"key":"From","value":"Ada"}]')).toBe(
      "Gift: yes\nFrom: Ada",
    );
    // As PostgreSQL gives it back: by the length of the names.
    expect(
      text(
        "shipping_address",
        '{"zip":"1010","city":"Vienna","company":null,"address1":"Ring 1","firstName":"Ada","countryCodeV2":"AT"}',
      ),
    ).toBe("First name: Ada\nAddress line 1: Ring 1\nZip: 1010\nCity: Vienna\nCountry code: AT");
    const price = {
      shopMoney: { amount: "1.9", currencyCode: "USD" },
      presentmentMoney: { amount: "1.7", currencyCode: "EUR" },
    };
    expect(text("tax_lines", JSON.stringify([{ title: "VAT", rate: 0.2, price }]))).toBe(
      "Title: VAT, Rate: 0.2, Price: $1.90 (€1.70)",
    );
    expect(text("disputes", '[{"id":"1","initiatedAs":"CHARGEBACK","status":"UNDER_REVIEW"}]')).toBe(
      "Id: 1, Initiated as: Chargeback, Status: Under review",
    );
    expect(text("note", "{not JSON")).toBe("{not JSON");
  });
});

describe("the fields of a record", () => {
  const pair = (column: string, mirror: string | null, shopify: string | null): FieldPair => ({
    ...{ column, mirror, shopify, differs: mirror !== shopify },
    currency: column === "total_price" ? { mirror: "USD", shopify: "USD" } : null,
  });

  it("that differ are said in words, too, unless both would read the same", () => {
    renderFor(
      <FieldTable
        shopify="shown"
        fields={[
          pair("total_price", "166.610000", "166.620000"),
          pair("closed_at", "2026-11-23T12:00:00.100+00:00", "2026-11-23T12:00:00.200+00:00"),
        ]}
      />,
    );
    expect(screen.getByTitle("166.610000 USD").textContent).toBe("$166.61");
    expect(screen.getByText("$166.62")).toBeTruthy();
    expect(screen.getByText("2026-11-23T12:00:00.100+00:00")).toBeTruthy();
    expect(screen.getByText("2026-11-23T12:00:00.200+00:00")).toBeTruthy();
  });

  it("are said to be empty on both sides only where both are shown", () => {
    const fields = [pair("name", "#1", null), pair("note", null, null)];
    renderFor(<FieldTable shopify="unknown" fields={fields} />);
    expect(screen.getByText("Empty: Note")).toBeTruthy();
    renderFor(<FieldTable shopify="shown" fields={fields} />);
    expect(screen.getByText("Empty on both sides: Note")).toBeTruthy();
  });
});
