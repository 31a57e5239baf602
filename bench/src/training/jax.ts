// jax-js in training: in this thread alone, and with two threads in a thread whose global scope has a Worker.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { peerVersion, withPeer } from "../engines/peers.js";
import { relaxedSimd } from "../harness/relaxed.js";
import type { StepCandidate, StepEngine, Training } from "./engine.js";
import { jaxTraining, openJax } from "./jax-step.js";
import type { Question } from "./jax-thread.js";
import type { StepProblem } from "./problem.js";

const described = (
  name: string,
  threads: number,
  how: string,
): Pick<StepEngine, "name" | "threads" | "version" | "settings"> => ({
  name,
  threads,
  version: peerVersion("@jax-js/jax"),
  settings: `wasm backend, the whole step in one jit, relaxed SIMD ${relaxedSimd}, each step awaited${how}`,
});

const alone: StepCandidate = {
  name: "jax-js",
  threads: 1,
  open: () =>
    withPeer(["@jax-js/jax"], async (module) => {
      const jax = await openJax(module);
      if ("absent" in jax) return jax;
      return {
        ...described("jax-js", 1, ""),
        train: (problem) => jaxTraining(jax, problem),
        close: async () => {},
      };
    }),
};

const THREADS = 2;

/** The thread's program is TypeScript, and tsx serves only the thread that it was asked in. */
const PROGRAM = `
import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))}).then(({ register }) => {
  register();
  return import(${JSON.stringify(import.meta.resolve("./jax-thread.ts"))});
});`;

/** A question and its answer; questions are asked one after the other. */
async function ask<T>(thread: Worker, question: Question): Promise<T> {
  const answered = once(thread, "message") as Promise<[{ readonly value: T; readonly error?: string }]>;
  thread.postMessage(question, []);
  const [{ value, error }] = await answered;
  if (error !== undefined) throw new Error(error);
  return value;
}

let trainings = 0;

async function trainingIn(thread: Worker, problem: StepProblem): Promise<Training> {
  const id = trainings++;
  await ask(thread, { op: "train", id, problem });
  return {
    time: (repeats) => ask(thread, { op: "time", id, repeats }),
    result: () => ask(thread, { op: "result", id }),
    dispose: () => ask(thread, { op: "dispose", id }),
  };
}

const threaded: StepCandidate = {
  name: `jax-js ${THREADS}t`,
  threads: THREADS,
  open: () =>
    withPeer([], async () => {
      const thread = new Worker(PROGRAM, { eval: true, workerData: THREADS });
      const opened = await ask<{ readonly absent?: string }>(thread, { op: "open" });
      if (opened.absent !== undefined) {
        await thread.terminate();
        return { absent: opened.absent };
      }
      return {
        ...described(`jax-js ${THREADS}t`, THREADS, `; ${THREADS} workers of Node stand in for the browser's`),
        train: (problem) => trainingIn(thread, problem),
        close: async () => void (await thread.terminate()),
      };
    }),
};

export const jaxSteps: readonly StepCandidate[] = [alone, threaded];
