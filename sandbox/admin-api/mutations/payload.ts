/**
 * What a mutation hands back: its payload, or null for what would have been there and the errors of the input.
 */
import { UserError } from "../../store/user-error.ts";

export interface ShownError {
  field: string[] | null;
  message: string;
  code?: string | null;
}

/** Runs `act`; a UserError turns into `userErrors`, with `prefix` before its path and `empty` in the other fields. */
export function payload<T extends Record<string, unknown>>(
  act: () => T,
  empty: Record<keyof T, null>,
  prefix: readonly string[] = [],
): Record<string, unknown> {
  try {
    return { ...act(), userErrors: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const field = error.field && [...prefix, ...error.field];
    return {
      ...empty,
      userErrors: [{ field, message: error.message, code: error.code, elementIndex: null }],
    };
  }
}
