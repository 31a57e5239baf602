// The clock that every platform has.

const { performance } = globalThis as unknown as { readonly performance: { now(): number } };

/** Milliseconds since some moment. */
export const now = (): number => performance.now();
