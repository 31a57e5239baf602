// Ctrl-C: training ends after the step under way, and its checkpoint is written.

/**
 * Runs `body` with a signal that the first SIGINT or SIGTERM raises. A second one only says so again, since a file may
 * be half-written at that moment; a third one ends the process.
 */
export async function interruptible<R>(body: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController();
  let heard = 0;
  const interrupt = (): void => {
    heard++;
    if (heard > 2) process.exit(130);
    process.stderr.write(heard === 1 ? "\nstopping after this step ...\n" : "saving; once more ends at once\n");
    controller.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    return await body(controller.signal);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}
