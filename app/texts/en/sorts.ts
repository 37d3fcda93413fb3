// Texts of what sorts a list, which every list page has.
export const sorts = {
  button: "Sort: {{by}} · {{way}}",
  by: "Sort by",
  order: "Order",
  time: { asc: "Oldest first", desc: "Newest first" },
  number: { asc: "Lowest first", desc: "Highest first" },
  text: { asc: "A to Z", desc: "Z to A" },
} as const;
