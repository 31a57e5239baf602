// The threads of a program: workers that join when they are ready, and steps that all of them run together.

import { ArgumentError, ElboError } from "@elbo/tensor";
import type { Exports } from "@elbo/tensor/kernels";
import { CONTROL, CONTROL_BYTES, MOST_THREADS, MOST_VARIANTS, stepWord, word } from "../plan/control.js";
import type { ProgramMemory } from "./memory.js";
import { mayWait, startWorker, type Worker } from "./platform.js";

/** How long a step waits for the others at one barrier, in milliseconds. */
const TIME_LIMIT = 8000;

/** Workers that did not arrive: what they had to compute is missing. */
export class WorkerError extends ElboError {
  constructor(missing: number, workers: number, milliseconds: number) {
    super(
      "WORKER",
      `${missing} of ${workers} workers did not arrive within ${milliseconds / 1000} s, and the state of this step is lost; compile the function again (with { threads: 1 } if it recurs) and write a saved state into it`,
    );
  }
}

export interface TeamOptions {
  /** A shared one. */
  readonly memory: ProgramMemory;
  /** How many threads are wanted, the main thread included. */
  readonly threads: number;
  /** How long a step waits for the others at one barrier, in milliseconds. */
  readonly timeLimit?: number;
}

/** Belongs to one memory. It knows nothing of its owner, so an owner that is collected can have it stopped. */
export class Team {
  readonly #memory: ProgramMemory;
  readonly #words: Int32Array;
  readonly #wanted: number;
  readonly #timeLimit: number;
  readonly #mayWait = mayWait() ? 1 : 0;
  #workers: readonly Worker[] = [];
  #state: "new" | "started" | "stopped" = "new";
  #failure: { readonly cause: unknown } | undefined;

  constructor({ memory, threads, timeLimit = TIME_LIMIT }: TeamOptions) {
    this.#memory = memory;
    // The control area stays where it is when the memory grows.
    this.#words = new Int32Array(memory.memory.buffer, 0, word(CONTROL_BYTES));
    this.#wanted = Math.min(threads, MOST_THREADS);
    this.#timeLimit = timeLimit;
  }

  /** Starts the workers and does not wait for them. A second call does nothing. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "started";
    const started = Array.from({ length: this.#wanted - 1 }, () => startWorker({ memory: this.#memory.memory }));
    this.#workers = started.filter((worker) => worker !== undefined);
  }

  /** The threads of the team, the main thread included, whether they are ready or not yet. */
  size(): number {
    return 1 + this.#workers.length;
  }

  /** How many workers are ready. */
  joined(): number {
    return this.#state === "started" ? Atomics.load(this.#words, word(CONTROL.JOINED)) : 0;
  }

  /**
   * Puts the module of a variant where workers find it. To be called before its first step, and between steps.
   * @throws ArgumentError where there are too many variants, AllocationError where there is no room
   */
  publish(variant: number, bytes: Uint8Array): void {
    if (variant >= MOST_VARIANTS) {
      throw new ArgumentError(
        `a compiled function has at most ${MOST_VARIANTS} variants; pad the inputs to fewer shapes`,
      );
    }
    const address = this.#memory.reserve(bytes.length);
    this.#memory.bytes().set(bytes, address);
    this.#words.set([address, bytes.length], word(CONTROL.VARIANT_CODE) + 2 * variant);
  }

  /**
   * Runs a step of a variant, on the threads that are ready; gives how many they were. `exports` is the main thread's
   * own instance of the module that was published.
   * @throws WorkerError where workers did not arrive; every later step throws it too
   */
  run(exports: Exports, variant: number): number {
    if (this.#failure) throw this.#failure.cause;
    const threads = 1 + this.joined();
    if (threads > 1) this.#call(threads, variant);
    try {
      if (exports.run(0, threads, this.#mayWait, this.#timeLimit) !== 0) throw this.#missing(threads);
    } catch (cause) {
      // The others stand at a barrier that nobody will open.
      this.#failure = { cause };
      this.stop();
      throw cause;
    }
    return threads;
  }

  /** Ends the workers, whatever they are doing. Later steps run on the main thread alone. */
  stop(): void {
    this.#state = "stopped";
    for (const worker of this.#workers) worker.terminate();
    this.#workers = [];
  }

  /** Tells the workers of a step. What was written to the memory before is theirs to read after. */
  #call(threads: number, variant: number): void {
    const step = word(CONTROL.STEP);
    Atomics.store(this.#words, step, stepWord(this.#words[step], threads, variant));
    Atomics.notify(this.#words, step);
  }

  #missing(threads: number): WorkerError {
    const arrived = Math.max(1, Atomics.load(this.#words, word(CONTROL.ARRIVED)));
    return new WorkerError(threads - arrived, threads - 1, this.#timeLimit);
  }
}
