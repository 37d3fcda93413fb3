import { describe, expect, it } from "vitest";
import { parseLossless } from "#app/shopify/json.ts";

describe("parseLossless", () => {
  it("keeps integers past 2^53 as decimal text", () => {
    expect(parseLossless('{"id":820982911946154508,"ids":[-9007199254740993,1]}')).toEqual({
      id: "820982911946154508",
      ids: ["-9007199254740993", 1],
    });
  });

  it("keeps what a number can hold as a number, to the last safe integer", () => {
    expect(parseLossless('{"a":9007199254740991,"b":1.5,"c":-0.25,"d":1e30}')).toEqual({
      a: 9007199254740991,
      b: 1.5,
      c: -0.25,
      d: 1e30,
    });
  });

  it("leaves digits inside of text alone", () => {
    const text = '{"a":"gid://shopify/Order/820982911946154508","b":"x, 820982911946154508"}';
    expect(parseLossless(text)).toEqual(JSON.parse(text));
  });

  it("reads bytes, and refuses what is no UTF-8 or no JSON", () => {
    expect(parseLossless(Buffer.from('{"n":"Zoë","id":820982911946154508}'))).toEqual({
      n: "Zoë",
      id: "820982911946154508",
    });
    expect(() => parseLossless(new Uint8Array([0x22, 0xff, 0x22]))).toThrow(TypeError);
    expect(() => parseLossless('{"a":')).toThrow(SyntaxError);
  });
});
