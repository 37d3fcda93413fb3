// Why something failed, and what a person can do about it, by code.
export const causes = {
  ACCESS_DENIED: {
    what: "Shopify does not let Counterfoil read this.",
    todo: "Grant the missing access in Shopify under Settings, Apps, Counterfoil; then press Sync now.",
  },
  FIELD_DENIED: {
    what: "Shopify withholds some fields, such as customers' names or addresses.",
    todo: "Ask for access to protected customer data in the Partner Dashboard; the other fields are complete. Once it is granted, press Sync now to copy what was withheld.",
  },
  NOT_SHOWN: {
    what: "Shopify does not show a record that it announced.",
    todo: "If it is an order older than 60 days, the app needs the right to read all orders. Otherwise it was deleted.",
  },
  SHOPIFY_FAILED: {
    what: "Shopify fails with an error of its own when it is asked for this record.",
    todo: "Try it again later. If it still fails, tell Shopify's support the record's id; the others go on.",
  },
  NOT_FOUND: {
    what: "Shopify has no such record, or does not show it.",
    todo: "Check the ids. Orders older than 60 days need the right to read all orders.",
  },
  NAME_NOT_FOUND: {
    what: "Shopify finds no record of that name.",
    todo: "Check the names, as Shopify writes them. Orders older than 60 days need the right to read all orders.",
  },
  COUNT_MISMATCH: {
    what: "Fewer records arrived than Shopify had announced.",
    todo: "Press Sync now to copy what is missing.",
  },
  RECORDS_REJECTED: {
    what: "Some records could not be copied exactly.",
    todo: "See the errors of those records; the others are complete.",
  },
  MALFORMED_LINE: {
    what: "A line of Shopify's data could not be read.",
    todo: "Press Sync now. If it happens again, give the details to whoever runs Counterfoil for you.",
  },
  MALFORMED_LINES: {
    what: "Some lines of Shopify's data could not be read.",
    todo: "Press Sync now. If it happens again, give the details to whoever runs Counterfoil for you.",
  },
  ORPHANED_LINES: {
    what: "Some lines of Shopify's file belong to no record in it.",
    todo: "Press Sync now: Shopify prepares a new file.",
  },
  BULK_FAILED: {
    what: "Shopify could not prepare the data in one file.",
    todo: "Nothing: Counterfoil tries again, with smaller files or page by page.",
  },
  BULK_REFUSED: {
    what: "Shopify did not begin to prepare a file.",
    todo: "Press Sync now. If it happens again, give the details to whoever runs Counterfoil for you.",
  },
  INTERNAL_SERVER_ERROR: {
    what: "Shopify had an error of its own.",
    todo: "Press Sync now.",
  },
  TIMEOUT: {
    what: "Shopify took too long.",
    todo: "Press Sync now.",
  },
  SHOP_FROZEN: {
    what: "Shopify has frozen the store, as a rule because a bill is open.",
    todo: "Settle it in Shopify under Settings, Billing; then press Sync now.",
  },
  SHOP_LOCKED: {
    what: "Shopify has locked the store.",
    todo: "Ask Shopify's support why; then press Sync now.",
  },
  SHOP_NOT_FOUND: {
    what: "Shopify knows no store of this address.",
    todo: "Check that the store still exists, and open Counterfoil once in its admin.",
  },
  SHOP_GONE: {
    what: "The store's data were erased while it ran.",
    todo: "Nothing, if that was meant. Otherwise install Counterfoil again from the Shopify admin.",
  },
  UNAUTHORIZED: {
    what: "Shopify does not accept Counterfoil's access.",
    todo: "Open Counterfoil once in the Shopify admin: that renews the access.",
  },
  FORBIDDEN: {
    what: "Shopify does not let Counterfoil in.",
    todo: "Check under Settings, Apps, Counterfoil that the app is allowed; then press Sync now.",
  },
  BAD_REQUEST: {
    what: "Shopify could not make sense of a request.",
    todo: "Update Counterfoil. If it happens again, give the details to whoever runs Counterfoil for you.",
  },
  MAX_COST_EXCEEDED: {
    what: "A question was larger than Shopify answers at once.",
    todo: "Update Counterfoil. If it happens again, give the details to whoever runs Counterfoil for you.",
  },
  SPOOL_BROKEN: {
    what: "What was downloaded of Shopify's file cannot be read any more.",
    todo: "Press Sync now: the file is fetched again.",
  },
  REFUSED: {
    what: "Shopify did not accept a change that Counterfoil asked for.",
    todo: "See the details; try again later.",
  },
  NOTHING_TO_TOUCH: {
    what: "The store has no product that could be touched for a test.",
    todo: "Make a product in Shopify, or choose the other test.",
  },
  RESULT_GONE: {
    what: "Shopify's file was no longer there when it was to be read.",
    todo: "Press Sync now: Shopify prepares a new one.",
  },
  TOO_MANY: {
    what: "The search finds more records than Shopify lists.",
    todo: "Narrow it, or press Sync now to copy everything.",
  },
  GRAPHQL: {
    what: "Shopify refused a question that Counterfoil asked.",
    todo: "Update Counterfoil. If it happens again, give the details to whoever runs Counterfoil for you.",
  },
  API_VERSION: {
    what: "Shopify answered in another API version than was asked for.",
    todo: "Update Counterfoil: the version it speaks has run out.",
  },
  REFUSED_BY_DATABASE: {
    what: "The database refused a record.",
    todo: "Give the details to whoever runs Counterfoil for you; the other records are complete.",
  },
  DATABASE_BUSY: {
    what: "The database was away or busy for too long.",
    todo: "Check that the database is reachable; then press Sync now.",
  },
  FAILED: {
    what: "Something went wrong inside Counterfoil.",
    todo: "Press Sync now. If it happens again, give the details to whoever runs Counterfoil for you.",
  },
  THROTTLED: {
    what: "Shopify asked to slow down.",
    todo: "Nothing: Counterfoil waits and goes on by itself.",
  },
  BAD_BODY: {
    what: "A webhook had a form that its topic does not promise.",
    todo: "Where it named its record, that was fetched from Shopify instead. If it happens again, give the details to whoever runs Counterfoil for you.",
  },
  INVALID_JSON: {
    what: "A webhook could not be read.",
    todo: "Where it named its record, that was fetched from Shopify instead. If not, press Sync now.",
  },
  UNKNOWN_TOPIC: {
    what: "A webhook of a kind arrived that Counterfoil does not mirror.",
    todo: "Nothing, if another app's setup made it. Otherwise remove that subscription.",
  },
  NO_SUCH_SHOP: {
    what: "A webhook arrived for a store that is not installed.",
    todo: "Open Counterfoil once in that store.",
  },
  MISSING: {
    what: "A value that must be there was not.",
    todo: "Give the details to whoever runs Counterfoil for you; the other records are complete.",
  },
  UNEXPECTED_NULL: {
    what: "A value that must be there was empty.",
    todo: "Give the details to whoever runs Counterfoil for you; the other records are complete.",
  },
  WRONG_TYPE: {
    what: "A value was of another kind than Shopify promises.",
    todo: "Give the details to whoever runs Counterfoil for you; the other records are complete.",
  },
  NOT_AN_ID: {
    what: "An id could not be understood.",
    todo: "Give the details to whoever runs Counterfoil for you; the other records are complete.",
  },
  NOT_A_NUMBER: {
    what: "A number could not be copied exactly.",
    todo: "Open the record in Shopify, save the number anew, then press Sync now.",
  },
  OUT_OF_RANGE: {
    what: "A number was larger than the database can hold exactly.",
    todo: "Open the record in Shopify, correct the number, then press Sync now.",
  },
  NOT_A_TIME: {
    what: "A time could not be understood.",
    todo: "Give the details to whoever runs Counterfoil for you; the other records are complete.",
  },
  NOT_A_CURRENCY: {
    what: "A currency could not be understood.",
    todo: "Give the details to whoever runs Counterfoil for you; the other records are complete.",
  },
  UNSTORABLE_TEXT: {
    what: "A text contained a character that a database cannot store.",
    todo: "Open the record in Shopify and type that text anew, then press Sync now.",
  },
  SEARCH_WARNING: {
    what: "Shopify ignored a part of a search, so its answer could not be trusted.",
    todo: "If somebody wrote the search, for a sync or as a rule, check its words there. Otherwise update Counterfoil: the store's API has changed.",
  },
  CUSTOMER_DATA_REQUEST: {
    what: "A customer has asked for the data that is stored of them.",
    todo: "Download it on the page of this webhook (Webhooks, Deliveries), give it to the store's owner, who owes it within 30 days, and mark this as resolved.",
  },
  SERVER_AWAY: {
    what: "Counterfoil's server cannot be reached at the moment.",
    todo: "Try again in a minute.",
  },
  UNREACHABLE_NOW: {
    what: "Shopify cannot be reached at the moment.",
    todo: "Try again in a minute. Nothing is lost: what changes meanwhile is fetched later.",
  },
  UNREACHABLE: {
    what: "Shopify could not be reached for more than half an hour.",
    todo: "Check that this server can reach Shopify; then try again.",
  },
  WORKER_DIED: {
    what: "The worker died several times in a row at the same step of a sync.",
    todo: "Try again. If it happens again, whoever runs Counterfoil for you should look at the worker's log and at its memory.",
  },
  BUG: {
    what: "Something went wrong inside Counterfoil, again and again.",
    todo: "Try again. If it happens again, give the details to whoever runs Counterfoil for you.",
  },
  RESOURCE_OFF: {
    what: "Your settings leave this resource out.",
    todo: "Switch it on in the settings to have it mirrored.",
  },
  RULES_CHANGED: {
    what: "The settings changed while it ran.",
    todo: "Nothing: where there was more to read, a new run has begun.",
  },
  UNINSTALLED: {
    what: "The store has uninstalled Counterfoil.",
    todo: "Install it again from the Shopify admin.",
  },
  NO_TOKEN: {
    what: "Shopify has given Counterfoil no access to the store.",
    todo: "Open Counterfoil once in the Shopify admin: that renews the access.",
  },
  TOKEN_REFUSED: {
    what: "Shopify does not accept Counterfoil's access any more.",
    todo: "Open Counterfoil once in the Shopify admin: that renews the access.",
  },
  EDITION_SIZE: {
    what: "The size of a limited edition is not understood, so it is not changed.",
    todo: "Correct the metafield in Shopify: a whole number, or a text such as “50 + 5 AP”.",
  },
  other: {
    what: "Something went wrong: {{code}}.",
    todo: "Press Sync now. If it happens again, give the details to whoever runs Counterfoil for you.",
  },
} as const;
