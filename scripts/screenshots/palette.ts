// Makes a picture of a page small: 256 colours at most, one byte a pixel. A page has few colours and many shades between
// them where letters meet their ground, so the frequent ones stay exactly what they are.
import { decode, encode } from "fast-png";

const COLORS_MAX = 256;
/** Squared distance below which a rarer shade is given up for a more frequent one. */
const NEAR = 24;

/** @returns the PNG with a palette: some third of its size. */
export function withPalette(png: Uint8Array): Uint8Array {
  const { width, height, data, channels } = decode(png);
  const colors = new Uint32Array(width * height);
  const counts = new Map<number, number>();
  for (let pixel = 0; pixel < colors.length; pixel += 1) {
    const at = pixel * channels;
    const color = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
    colors[pixel] = color;
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const palette = choose([...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color));
  const places = new Map([...counts.keys()].map((color) => [color, nearest(color, palette)]));
  const indexes = Uint8Array.from(colors, (color) => places.get(color)!);
  return encode(
    { width, height, data: indexes, channels: 1, depth: 8, palette: palette.map(partsOf) },
    { zlib: { level: 9 } },
  );
}

/** @param colors the most frequent first. */
function choose(colors: readonly number[]): readonly number[] {
  const chosen: number[] = [];
  for (const color of colors) {
    if (chosen.length === COLORS_MAX) break;
    if (chosen.every((other) => distance(color, other) > NEAR)) chosen.push(color);
  }
  return chosen;
}

function nearest(color: number, palette: readonly number[]): number {
  let best = 0;
  for (let at = 1; at < palette.length; at += 1) {
    if (distance(color, palette[at]!) < distance(color, palette[best]!)) best = at;
  }
  return best;
}

const partsOf = (color: number): [number, number, number] => [color >> 16, (color >> 8) & 255, color & 255];

/** Without making anything: it is asked some million times a picture. */
function distance(one: number, other: number): number {
  const red = (one >> 16) - (other >> 16);
  const green = ((one >> 8) & 255) - ((other >> 8) & 255);
  const blue = (one & 255) - (other & 255);
  return red * red + green * green + blue * blue;
}
