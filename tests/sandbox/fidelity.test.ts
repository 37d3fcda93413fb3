// The sandbox held against recordings of the real Admin API: the same points asked, the same sentences refused with.
// The recordings are other people's and are read where they lie, beside the repository.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parse, validate } from "graphql";
import { afterAll, describe, expect, it } from "vitest";
import { estimateCost } from "#sandbox/admin-api/cost.ts";
import { loadSchema } from "#sandbox/admin-api/schema.ts";
import { askedIn } from "#sandbox/admin-api/selection.ts";
import { openShop } from "#tests/sandbox/api-shop.ts";

const FOLDER = new URL("../../../shared/payloads/graphql/live-captures/", import.meta.url);

interface Recording {
  name: string;
  query: string;
  variables: Record<string, unknown>;
  response: {
    data?: Record<string, unknown> | null;
    errors?: { message: string; path?: unknown; locations?: unknown; extensions?: unknown }[];
    extensions?: { cost?: { requestedQueryCost: number }; search?: unknown[] };
  };
}

function readRecordings(): Recording[] {
  return readdirSync(FOLDER).flatMap((file) => {
    const { interactions } = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as {
      interactions: (Recording & { at: string })[];
    };
    return interactions
      .filter((each) => typeof each.query === "string" && each.response)
      .map((each) => ({
        ...each,
        variables: each.variables ?? {},
        name: `${file.replace(".json", "")} ${each.at}`,
      }));
  });
}

const isThere = existsSync(FOLDER);
const recordings = isThere ? readRecordings() : [];
const find = (name: string): Recording => {
  const found = recordings.find((each) => each.name.includes(name));
  if (!found) throw new Error(`No recording is named ${name}.`);
  return found;
};

const shop = openShop();
afterAll(() => shop.api.close());

if (!isThere) {
  it("has no recordings here: they are expected at ../shared/payloads", () => {
    console.info(
      "Recordings of the Admin API are not at ../shared/payloads; the sandbox is not held against them.",
    );
    expect(isThere).toBe(false);
  });
} else {
  describe("requested cost", () => {
    // Recorded against other versions of the API: what 2026-10 no longer has cannot be costed.
    const costed = recordings.filter(
      ({ query, response }) =>
        response.extensions?.cost && isValid(query) && response.extensions.cost.requestedQueryCost !== null,
    );

    it("has enough recordings to mean something", () => {
      expect(costed.length).toBeGreaterThan(30);
    });

    it.each(costed.map((each) => [each.name, each] as const))(
      "%s",
      (_name, { query, variables, response }) => {
        expect(estimateCost(askedIn(loadSchema(), parse(query), variables))).toBe(
          response.extensions?.cost?.requestedQueryCost,
        );
      },
    );
  });

  describe("refusals, word for word", () => {
    it.each([
      "read-arg-validation $.cases.missingWindow",
      "read-arg-validation $.cases.firstAndLast",
      "read-arg-validation $.cases.invalidCreatedAt",
      "read-arg-validation $.cases.malformedInlineId",
      "read-arg-validation $.cases.nonBulkOperationGid",
      "sort-key $.cases.idRejected",
    ])("%s", async (name) => {
      const { query, variables, response } = find(name);
      const answer = await shop.ask(query, variables);
      expect(answer.errors).toEqual(response.errors);
    });

    it.each(["invalidStatusExpired", "invalidStatusUnknown", "invalidOperationType"])(
      "search: %s",
      async (name) => {
        const { query, variables, response } = find(`read-arg-validation $.cases.${name}`);
        const answer = await shop.ask(query, variables);
        expect(answer.data).toEqual(response.data);
        expect(answer.extensions.search).toEqual(response.extensions?.search);
      },
    );

    it.each(["noConnectionWithCode", "emptyQuery"])("bulk query: %s", async (name) => {
      const { query, variables, response } = find(`user-error-codes $.validations.${name}`);
      expect((await shop.ask(query, variables)).data).toEqual(response.data);
    });

    it("a sixth bulk operation, with the ids of the five that run", async () => {
      const runs = recordings.filter((each) => each.name.includes("concurrency-limit $.successfulRuns"));
      expect(runs).toHaveLength(5);
      const slow = openShop({ sizes: { orders: 0, products: 60 }, api: { bulkObjectsPerSecond: 20 } });
      for (const { query, variables } of runs) {
        const answer = await slow.ask(query, variables);
        expect(answer.data?.bulkOperationRunQuery?.userErrors).toEqual([]);
      }
      const { query, variables, response } = find("concurrency-limit $.sixthRun");
      const answer = await slow.ask(query, variables);
      expect(numbersOut(answer.data)).toEqual(numbersOut(response.data));
      await slow.api.close();
    });
  });
}

function isValid(query: string): boolean {
  try {
    return validate(loadSchema(), parse(query)).length === 0;
  } catch {
    return false;
  }
}

/** The same text but for the numbers of the operations. */
const numbersOut = (value: unknown): string => JSON.stringify(value).replace(/\d{6,}/g, "N");
