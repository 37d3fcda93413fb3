// What the seeded shop sells: inputs for products, made from words and chance. Writes nothing.

import type { Chance } from "../chance.ts";
import type { MetafieldInput, ProductCreateInput, VariantInput } from "../inputs.ts";
import type { Id } from "../truth.ts";
import {
  ADJECTIVES,
  COLOURS,
  FORMATS,
  FRAMES,
  GARMENTS,
  GLAZES,
  MATERIALS,
  MOTIFS,
  SIZES,
  TAGS,
  VENDORS,
  WARES,
} from "./words.ts";

/** What some countries want on papers instead of the general code. */
const COUNTRY_CODES: Readonly<Record<string, string>> = { CA: "6912000090", JP: "691200000" };
const IMAGE_HOST = "https://cdn.shopify.com/s/files/1/0612/3400/0001/files";

type Option = { name: string; values: readonly string[] };

/** Every combination of the options' values, at most `most`. */
function combine(options: readonly Option[], most: number): { name: string; value: string }[][] {
  let rows: { name: string; value: string }[][] = [[]];
  for (const { name, values } of options)
    rows = rows.flatMap((row) => values.map((value) => [...row, { name, value }]));
  return rows.slice(0, most);
}

export class Catalogue {
  readonly #chance: Chance;
  readonly #locationIds: readonly Id[];
  #number = 0;

  constructor(chance: Chance, locationIds: readonly Id[]) {
    this.#chance = chance;
    this.#locationIds = locationIds;
  }

  /** A print in a numbered edition; its size is a whole number or a text such as "50 + 5 AP". */
  edition(): ProductCreateInput {
    const chance = this.#chance;
    const size = chance.pick([10, 25, 30, 50, 75, 100, 150, 250]);
    const proofs = chance.whole(2, 8);
    const edition: MetafieldInput = chance.happens(0.6)
      ? { namespace: "custom", key: "edition_size", type: "number_integer", value: String(size) }
      : {
          namespace: "custom",
          key: "edition_size",
          type: "single_line_text_field",
          value: `${size} + ${proofs} AP`,
        };
    const title = `${this.#title()} (edition of ${size})`;
    const options = [{ name: "Frame", values: FRAMES.slice(0, chance.whole(1, FRAMES.length)) }];
    const variants = this.#variants(options, chance.whole(90, 480), {
      stock: size,
      policy: "DENY",
      grams: 450,
    });
    return this.#product({
      title,
      productType: "Art print",
      tags: ["limited", "print"],
      metafields: [edition],
      variants,
    });
  }

  print(): ProductCreateInput {
    const chance = this.#chance;
    const options = [
      { name: "Size", values: FORMATS.slice(0, chance.whole(1, FORMATS.length)) },
      { name: "Frame", values: FRAMES.slice(0, chance.whole(1, FRAMES.length)) },
    ];
    const variants = this.#variants(options, chance.whole(18, 120), {
      stock: 60,
      policy: "CONTINUE",
      grams: 300,
    });
    return this.#product({
      title: `${this.#title()} print`,
      productType: "Art print",
      tags: ["print"],
      variants,
    });
  }

  ware(): ProductCreateInput {
    const chance = this.#chance;
    const options = [{ name: "Glaze", values: chance.sample(GLAZES, chance.whole(1, 5)) }];
    const variants = this.#variants(options, chance.whole(16, 140), {
      stock: 45,
      policy: "DENY",
      grams: 850,
    });
    const title = `${chance.pick(ADJECTIVES)} ${chance.pick(WARES)} No. ${++this.#number}`;
    return this.#product({ title, productType: "Ceramics", tags: ["handmade", "kitchen"], variants });
  }

  garment(): ProductCreateInput {
    const chance = this.#chance;
    const options = [
      { name: "Size", values: SIZES.slice(0, chance.whole(1, SIZES.length)) },
      { name: "Colour", values: chance.sample(COLOURS, chance.whole(1, 2)) },
    ];
    const variants = this.#variants(options, chance.whole(24, 160), {
      stock: 35,
      policy: "DENY",
      grams: 320,
    });
    const title = `${chance.pick(MOTIFS)} ${chance.pick(GARMENTS)}`;
    return this.#product({ title, productType: "Apparel", tags: ["eco"], variants });
  }

  /** 25 lengths × 10 colours: more variants than one webhook body or one page of 100 holds. */
  giant(): ProductCreateInput {
    const lengths = Array.from({ length: 25 }, (_, index) => `${100 + index * 10} cm`);
    const options = [
      { name: "Length", values: lengths },
      { name: "Colour", values: COLOURS },
    ];
    const variants = this.#variants(options, 38, { stock: 20, policy: "CONTINUE", grams: 600 });
    return this.#product({
      title: "Linen by the length",
      productType: "Textiles",
      tags: ["handmade"],
      variants,
    });
  }

  giftCard(): ProductCreateInput {
    const values = ["25", "50", "100", "250"];
    const variants = values.map((value): VariantInput => {
      const selectedOptions = [{ name: "Denominations", value: `$${value}.00` }];
      return {
        selectedOptions,
        price: value,
        taxable: false,
        item: { tracked: false, requiresShipping: false },
      };
    });
    const title = "Gift card";
    return {
      ...this.#product({ title, productType: "Gift card", tags: ["gift"], variants }),
      isGiftCard: true,
    };
  }

  #title(): string {
    return `${this.#chance.pick(ADJECTIVES)} ${this.#chance.pick(MOTIFS)}`;
  }

  #product(
    input: Pick<ProductCreateInput, "title" | "productType" | "variants" | "metafields"> & { tags: string[] },
  ): ProductCreateInput {
    const chance = this.#chance;
    const handle = chance.whole(1000, 9999);
    const images = chance.whole(0, 3);
    const metafields = [...(input.metafields ?? [])];
    if (chance.happens(0.4)) {
      metafields.push({
        namespace: "custom",
        key: "material",
        type: "single_line_text_field",
        value: chance.pick(MATERIALS),
      });
    }
    if (chance.happens(0.2))
      metafields.push({ namespace: "custom", key: "care", type: "json", value: '{"wash":"hand","max":30}' });
    return {
      ...input,
      vendor: chance.pick(VENDORS),
      tags: [...input.tags, ...chance.sample(TAGS, chance.whole(0, 2))],
      descriptionHtml: describe(chance, input.title),
      seo: chance.happens(0.3)
        ? { title: `${input.title} | Linden & Kiln`, description: "Made slowly, sent carefully." }
        : undefined,
      media: Array.from({ length: images }, (_, index) => ({
        url: `${IMAGE_HOST}/${handle}-${index + 1}.jpg`,
        alt: index === 0 ? input.title : null,
        // The later ones show a variant each, the first one all of the product.
        shows: index === 0 ? [] : [index - 1],
      })),
      metafields,
    };
  }

  #variants(
    options: readonly Option[],
    price: number,
    { stock, policy, grams }: { stock: number; policy: "DENY" | "CONTINUE"; grams: number },
  ): VariantInput[] {
    const chance = this.#chance;
    const prefix = `LK-${chance.whole(10_000, 99_999)}`;
    return combine(options, 250).map((selectedOptions, index) => {
      const own = price + index * chance.whole(0, 4);
      return {
        selectedOptions: selectedOptions.length > 0 ? selectedOptions : undefined,
        sku: `${prefix}-${String(index + 1).padStart(3, "0")}`,
        barcode: chance.happens(0.5) ? String(4_006_381_000_000 + chance.whole(0, 999_999)) : null,
        price: `${own}.${chance.pick(["00", "50", "95", "99"])}`,
        compareAtPrice: chance.happens(0.1) ? `${own + 20}.00` : null,
        inventoryPolicy: policy,
        item: {
          tracked: true,
          cost: (own * 0.4).toFixed(2),
          weight: { value: grams + chance.whole(0, 90), unit: "GRAMS" },
          harmonizedSystemCode: chance.happens(0.3) ? "691200" : null,
          countryHarmonizedSystemCodes: index % 3 === 0 ? { ...COUNTRY_CODES } : {},
          countryCodeOfOrigin: chance.pick(["US", "PT", "JP", null]),
        },
        stock: this.#stock(stock),
      };
    });
  }

  /** The first location holds most; some items are kept at one place only. */
  #stock(most: number): { locationId: Id; available: number }[] {
    const count = this.#chance.happens(0.7) ? this.#locationIds.length : 1;
    return this.#locationIds.slice(0, count).map((locationId, index) => ({
      locationId,
      available: index === 0 ? most : this.#chance.whole(0, Math.ceil(most / 4)),
    }));
  }
}

function describe(chance: Chance, title: string): string {
  const sentences = [
    `<p>${title} is made by hand, in small batches.</p>`,
    "<p>Each piece differs a little from the next: that is the point.</p>",
    "<ul><li>Signed &amp; numbered where noted</li><li>Ships in recycled packaging</li></ul>",
    "<p>Größe, Farbe und Form können leicht abweichen. 手作りのため、個体差があります。</p>",
  ];
  const text = chance.sample(sentences, chance.whole(1, sentences.length)).join("\n");
  return chance.happens(0.02) ? text.repeat(40) : text;
}
