// The thread in which jax-js has threads of its own: a question comes, its answer goes back.

import { parentPort, workerData } from "node:worker_threads";
import { withPeer } from "../engines/peers.js";
import type { Training } from "./engine.js";
import { type Jax, jaxTraining, openJax } from "./jax-step.js";
import type { StepProblem } from "./problem.js";
import { standInForWorker } from "./web-worker.js";

export type Question =
  | { readonly op: "open" }
  | { readonly op: "train"; readonly id: number; readonly problem: StepProblem }
  | { readonly op: "time"; readonly id: number; readonly repeats: number }
  | { readonly op: "result" | "dispose"; readonly id: number };

const trainings = new Map<number, Training>();
let jax: Jax | undefined;

async function answer(question: Question): Promise<unknown> {
  if (question.op === "open") {
    // jax-js looks for a Worker when it is loaded.
    standInForWorker(workerData as number);
    const opened = await withPeer(["@jax-js/jax"], openJax);
    if ("absent" in opened) return opened;
    jax = opened;
    return {};
  }
  if (question.op === "train") return void trainings.set(question.id, await jaxTraining(jax!, question.problem));
  const training = trainings.get(question.id)!;
  if (question.op === "time") return training.time(question.repeats);
  return training[question.op]();
}

parentPort!.on("message", (question: Question) => {
  answer(question).then(
    (value) => parentPort!.postMessage({ value }, []),
    (error: Error) => parentPort!.postMessage({ error: error.message }, []),
  );
});
