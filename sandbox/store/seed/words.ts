// The words the seeded shop is made of. Every name is invented; addresses are of made-up streets; e-mails end in
// example.com.

export const ADJECTIVES = [
  "Quiet",
  "Northern",
  "Salted",
  "Amber",
  "Hollow",
  "Drifting",
  "Copper",
  "Pale",
  "Woven",
  "Slow",
  "Brackish",
  "Gilded",
  "Winter",
  "Low",
  "Tidal",
  "Mossy",
  "Smoked",
  "Bright",
  "Crooked",
  "Velvet",
  "Inland",
  "Feral",
  "Chalk",
  "Second",
] as const;

export const MOTIFS = [
  "Harbour",
  "Orchard",
  "Heron",
  "Lighthouse",
  "Meadow",
  "Quarry",
  "Ferry",
  "Fern",
  "Tide",
  "Kiln",
  "Valley",
  "Moth",
  "Glacier",
  "Garden",
  "Window",
  "Bridge",
  "Comet",
  "Fjord",
  "Sparrow",
  "Dune",
  "Café",
  "Été",
  "Årstid",
  "Noël",
] as const;

export const WARES = [
  "Bowl",
  "Mug",
  "Vase",
  "Plate",
  "Pitcher",
  "Teapot",
  "Tumbler",
  "Planter",
  "Jar",
  "Dish",
] as const;
export const GARMENTS = [
  "Tee",
  "Smock",
  "Apron",
  "Sweatshirt",
  "Work Shirt",
  "Scarf",
  "Tote",
  "Cap",
] as const;
export const GLAZES = ["Celadon", "Tenmoku", "Shino", "Chalk White", "Iron Blue", "Sea Foam"] as const;
export const COLOURS = [
  "Ecru",
  "Indigo",
  "Rust",
  "Moss",
  "Charcoal",
  "Rosé",
  "Sand",
  "Plum",
  "Sky",
  "Butter",
] as const;
export const SIZES = ["XS", "S", "M", "L", "XL", "XXL"] as const;
export const FORMATS = ["A5", "A4", "30 × 40 cm", "50 × 70 cm"] as const;
export const FRAMES = ["Unframed", "Oak frame", "Black frame"] as const;

export const VENDORS = [
  "Linden & Kiln",
  "Atelier Brumegrise",
  "Studio Håkan Vinterö",
  "Pressa Morandina",
  "窯と月",
  "Rook Lane Press",
] as const;
export const MATERIALS = [
  "Stoneware, food safe",
  "300 g cotton rag",
  "Organic linen",
  "Recycled wool, 80 %",
  "Porcelain, unglazed foot",
] as const;

export const TAGS = [
  "new",
  "bestseller",
  "gift",
  "summer",
  "sale",
  "handmade",
  "limited",
  "eco",
  "print",
  "kitchen",
] as const;
export const ORDER_TAGS = [
  "wholesale",
  "gift-wrap",
  "fragile",
  "vip",
  "check-address",
  "Großhandel",
  "press",
] as const;

export const NOTES = [
  "Please leave with the neighbour.",
  "Gift, no prices on the slip please.",
  "Bitte nicht knicken!",
  "割れ物注意 🏺",
  "Merci d'emballer soigneusement : c'est un cadeau.",
  "Call before delivery.",
] as const;

export const FIRST_NAMES = [
  "Mira",
  "Tobin",
  "Saoirse",
  "Anselm",
  "Yuki",
  "Zoë",
  "Łucja",
  "Håkon",
  "Chinwe",
  "Émile",
  "Noor",
  "Björk",
  "Iñigo",
  "Ngọc",
  "Priya",
  "Oisín",
  "Dagny",
  "Ravi",
  "Marisol",
  "Juno",
  "Ottilie",
  "美咲",
  "Ümit",
  "Selma",
  "Kofi",
  "Anaïs",
  "Vsevolod",
  "Lior",
] as const;

export const LAST_NAMES = [
  "Vellacott",
  "Østerdal",
  "Quillfeather",
  "Marchetti-Lowe",
  "Nakagawara",
  "O'Brannigan",
  "Szczepańska",
  "Delacroixe",
  "Okonjola",
  "von Ahrenthal",
  "Thistlewood",
  "Ibarrondo",
  "Karlsbergsson",
  "Nguyễn-Hart",
  "Al-Rashwani",
  "佐久良",
  "Feldgrün",
  "Marlowe-Pike",
  "Rautavaaro",
  "Brightwater",
] as const;

/** Those that buy wholesale. */
export const COMPANIES = [
  {
    id: "712000000001",
    name: "Harbour & Pine Stores",
    locationId: "713000000001",
    locationName: "Main Street",
    contactId: "714000000001",
  },
  {
    id: "712000000002",
    name: "Galerie Nord",
    locationId: "713000000002",
    locationName: "Hamburg",
    contactId: null,
  },
] as const;

export const STREETS = [
  "Kiln Lane",
  "Harbour Row",
  "Old Mill Road",
  "Lindenweg",
  "Rue des Potiers",
  "Tidewater Street",
  "Quarry Hill",
] as const;

export type Place = {
  country: string;
  countryCode: string;
  province: string | null;
  provinceCode: string | null;
  city: string;
  zip: string;
  tax: { title: string; rate: number } | null;
  /** What a buyer there may pay in, with presentment units per US dollar. */
  money: { currency: string; rate: string } | null;
  weight: number;
};

const place = (
  weight: number,
  [country, countryCode]: [string, string],
  [province, provinceCode]: [string, string] | [null, null],
  [city, zip]: [string, string],
  tax: Place["tax"],
  money: Place["money"] = null,
): Place => ({ country, countryCode, province, provinceCode, city, zip, tax, money, weight });

const US: [string, string] = ["United States", "US"];

export const PLACES: readonly Place[] = [
  place(18, US, ["New York", "NY"], ["Brooklyn", "11201"], { title: "New York State Tax", rate: 0.08875 }),
  place(14, US, ["California", "CA"], ["Oakland", "94607"], { title: "California State Tax", rate: 0.0725 }),
  place(10, US, ["Maine", "ME"], ["Portland", "04101"], { title: "Maine State Tax", rate: 0.055 }),
  place(10, US, ["Oregon", "OR"], ["Astoria", "97103"], null),
  place(8, US, ["Texas", "TX"], ["Austin", "78702"], { title: "Texas State Tax", rate: 0.0625 }),
  place(8, ["Canada", "CA"], ["Ontario", "ON"], ["Hamilton", "L8R 1A1"], { title: "HST", rate: 0.13 }),
  place(6, ["United Kingdom", "GB"], ["England", "ENG"], ["Whitby", "YO21 3PU"], {
    title: "GB VAT",
    rate: 0.2,
  }),
  place(
    5,
    ["Germany", "DE"],
    [null, null],
    ["Lübeck", "23552"],
    { title: "DE MwSt", rate: 0.19 },
    { currency: "EUR", rate: "0.9214" },
  ),
  place(
    4,
    ["France", "FR"],
    [null, null],
    ["Saint-Étienne", "42000"],
    { title: "FR TVA", rate: 0.2 },
    { currency: "EUR", rate: "0.9187" },
  ),
  place(
    3,
    ["Japan", "JP"],
    ["Kyōto", "JP-26"],
    ["京都市", "600-8216"],
    { title: "消費税", rate: 0.1 },
    { currency: "JPY", rate: "149.31" },
  ),
  place(2, ["Kuwait", "KW"], ["Hawalli", "KW-HA"], ["Salmiya", "22001"], null, {
    currency: "KWD",
    rate: "0.30715",
  }),
  place(2, ["Sweden", "SE"], [null, null], ["Växjö", "352 30"], { title: "SE MOMS", rate: 0.25 }),
];
