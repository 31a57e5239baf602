// Pauses in long work, in which signals and timers are heard.

/**
 * A function to await between pieces of work: it gives the event loop a turn where the last one is `every` milliseconds
 * or more ago, and else goes on at once.
 * @example const breathe = pauses(); for (const step of steps) { step(); await breathe(); }
 */
export function pauses(every = 30): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < every) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
