// A JSON body as people read it: indented, its numbers and strings character for character as they were sent, and
// personal data covered. Works on the text, since JSON.parse would round ids past 2^53. Pure.
import { topicReaders } from "#app/resources/index.ts";

/**
 * Fields that tell of a person wherever they stand: also what the descriptors call personal under a name of the API's.
 * tests/status/masked-json.test.ts holds this to the descriptors.
 */
const PERSONAL_FIELDS =
  /^(email|contact_email|email_address|phone|first_name|last_name|name_on_card|address1|address2|city|zip|province|province_code|company|latitude|longitude|browser_ip|client_ip|user_agent|accept_language|note|note_attributes|custom_attributes|properties|customer_note|reason_note|return_reason_note|staff_note|tracking_numbers?|tracking_urls?|customer_locale|default_address|signature|tax_exemptions|recipient|message|token|cart_token|checkout_token|landing_site|referring_site|order_status_url|receipt)$/i;
/** Objects whose every value does, but for ids and what kind of thing they are. */
const PERSONAL_OBJECTS =
  /^(customer|billing_address|shipping_address|default_address|addresses|client_details|payment_details|destination|origin_address|recipient|gift_card)$/i;
const KEPT_IN_OBJECTS =
  /^(id|admin_graphql_api_id|created_at|updated_at|currency|country_code|state|default|.*_id)$/i;

const COVER = '"•••"';
const INDENT = "  ";
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

export interface Printed {
  readonly text: string;
  /** Values that were covered. */
  readonly covered: number;
}

interface Level {
  readonly isArray: boolean;
  /** Everything in here is personal. */
  readonly isPersonal: boolean;
  key: string | null;
  isEmpty: boolean;
}

export interface Printing {
  readonly isMasked: boolean;
  /** Whose body it is: what tells of a person here need not do so there. */
  readonly topic: string;
}

/** What the descriptors call personal in what the topic tells of, as REST spells it: `tags` of customers, not of orders. */
function personalIn(topic: string): ReadonlySet<string> {
  const own = topicReaders(topic).filter(({ list }) => list.within === undefined);
  const fields = own.flatMap(({ personal }) => Object.values(personal).flat());
  return new Set(fields.map((field) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)));
}

/** @throws SyntaxError when the text is no JSON. */
export function printJson(json: string, { isMasked, topic }: Printing): Printed {
  JSON.parse(json);
  const named = personalIn(topic);
  const isPersonalField = (key: string) => PERSONAL_FIELDS.test(key) || named.has(key);
  const levels: Level[] = [];
  const parts: string[] = [];
  let covered = 0;
  let isKeyNext = false;
  const line = () => `\n${INDENT.repeat(levels.length)}`;
  const isPersonalHere = () => {
    const key = levels.findLast((level) => !level.isArray)?.key ?? "";
    if (isPersonalField(key)) return true;
    return (levels.at(-1)?.isPersonal ?? false) && !KEPT_IN_OBJECTS.test(key);
  };
  for (const [token] of json.matchAll(TOKENS)) {
    const level = levels.at(-1);
    if (token === "}" || token === "]") {
      levels.pop();
      parts.push(level?.isEmpty ? token : `${line()}${token}`);
    } else if (token === ",") {
      parts.push(",");
      isKeyNext = level?.isArray === false;
    } else if (token === ":") {
      parts.push(": ");
    } else {
      const isElement = level?.isArray === true || isKeyNext;
      if (isElement && level) {
        level.isEmpty = false;
        parts.push(line());
      }
      if (isKeyNext && level) {
        level.key = JSON.parse(token) as string;
        parts.push(token);
        isKeyNext = false;
      } else if (token === "{" || token === "[") {
        const key = level?.isArray === false ? (level.key ?? "") : "";
        const isPersonal = (level?.isPersonal ?? false) || PERSONAL_OBJECTS.test(key) || isPersonalField(key);
        levels.push({ isArray: token === "[", isPersonal, key: null, isEmpty: true });
        isKeyNext = token === "{";
        parts.push(token);
      } else if (isMasked && token !== "null" && token !== '""' && isPersonalHere()) {
        covered += 1;
        parts.push(COVER);
      } else {
        parts.push(token);
      }
    }
  }
  return { text: parts.join(""), covered };
}
