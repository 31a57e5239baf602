// PyTorch in training: eager, in a Python child that times itself, on one and on two threads.

import type { Answer } from "../engines/python.js";
import { base64, openTask, PythonPeer, threadSettings } from "../engines/python.js";
import { ADAM, RATE, type StepCandidate, type Training } from "./engine.js";
import type { Layer, StepProblem } from "./problem.js";

const layerOf = ({ inputs, outputs, weight }: Layer): Answer => ({ inputs, outputs, weight: base64(weight) });

const questionOf = (problem: StepProblem): Answer => ({
  op: "train",
  activation: problem.net.activation,
  batches: problem.batches.map(base64),
  batch: problem.batch,
  encoder: problem.encoder.map(layerOf),
  mean: layerOf(problem.mean),
  logVariance: layerOf(problem.logVariance),
  decoder: problem.decoder.map(layerOf),
  output: layerOf(problem.output),
  adam: { lr: RATE, betas: [ADAM.beta1, ADAM.beta2], eps: ADAM.epsilon },
  judged: problem.judged,
});

const candidate = (threads: number): StepCandidate => ({
  name: `pytorch ${threads}t`,
  threads,
  open: async () => {
    const environment = threadSettings(threads);
    const opened = await PythonPeer.open("torch", threads, environment);
    if ("absent" in opened) return opened;
    const { peer, hello } = opened;
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    return {
      name: `pytorch ${threads}t`,
      threads,
      version: String(hello.version),
      settings: ["eager, optim.Adam, zero_grad(set_to_none=True)", ...variables, `set_num_threads(${threads})`].join(
        ", ",
      ),
      train: async (problem): Promise<Training> => (await openTask(peer, questionOf(problem)))!,
      close: () => peer.close(),
    };
  },
});

export const pytorchSteps: readonly StepCandidate[] = [candidate(1), candidate(2)];
