// What a worker runs: plain JavaScript as text, for it has no file of its own in a bundle, nor in a browser.

import { MEMORY_IMPORT } from "@elbo/tensor/kernels";
import { CONTROL, STEP_BITS, word } from "../plan/control.js";

/** Rounds before an idle worker goes to sleep: some twenty microseconds, so that it is awake where steps follow closely. */
const SPINS = 4096;

/**
 * The worker is given `{ memory }`. Its number is the next free one, so the numbers of those that joined have no gaps,
 * however many fail to start. A step is its own where its number is below the step's threads, also the very first that it
 * sees: the main thread can only have counted it after it had joined, and then waits for it.
 */
export const WORKER_SOURCE = `"use strict";
function work({ memory }) {
  // The control area stays where it is when the memory grows.
  const words = new Int32Array(memory.buffer);
  const programs = [];

  function load(variant) {
    // Another thread may have grown the memory: growing it by nothing brings its length up to date here too.
    memory.grow(0);
    const [address, length] = words.subarray(${word(CONTROL.VARIANT_CODE)} + 2 * variant);
    // Copied, for modules are not made from shared bytes.
    const module = new WebAssembly.Module(new Uint8Array(memory.buffer, address, length).slice());
    return new WebAssembly.Instance(module, { ${MEMORY_IMPORT.module}: { ${MEMORY_IMPORT.name}: memory } }).exports;
  }

  function after(step) {
    for (let spins = 0; ; spins++) {
      const next = Atomics.load(words, ${word(CONTROL.STEP)});
      if (next !== step) return next;
      if (spins >= ${SPINS}) Atomics.wait(words, ${word(CONTROL.STEP)}, step);
    }
  }

  const thread = 1 + Atomics.add(words, ${word(CONTROL.JOINED)}, 1);
  for (let step = Atomics.load(words, ${word(CONTROL.STEP)}); ; step = after(step)) {
    const threads = (step >>> ${STEP_BITS.threads}) & ${STEP_BITS.mask};
    if (thread >= threads) continue;
    const program = (programs[step & ${STEP_BITS.mask}] ??= load(step & ${STEP_BITS.mask}));
    program.run(thread, threads, 1, -1);
  }
}
if (typeof require === "function") work(require("node:worker_threads").workerData);
else onmessage = ({ data }) => work(data);
`;
