// The one Admin API version that every request, webhook and generated type speaks.

export const API_VERSION = "2026-10";
