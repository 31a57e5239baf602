// PyTorch in eager mode, and OpenBLAS alone, on one and on two threads, where the machine has them.

import type { Candidate, ElementwiseProblem, MatmulProblem, Task } from "./engine.js";
import { base64, openTask, PythonPeer, threadSettings } from "./python.js";

type Library = "torch" | "openblas";
const NAMES: Record<Library, string> = { torch: "pytorch", openblas: "openblas" };

const settings = (library: Library, threads: number): string =>
  [
    library === "torch" ? "eager, no gradients" : "cblas_sgemm through ctypes",
    ...Object.entries(threadSettings(threads)).map(([name, value]) => `${name}=${value}`),
    ...(library === "torch" ? [`set_num_threads(${threads})`] : []),
  ].join(", ");

const candidate = (library: Library, threads: number): Candidate => ({
  name: `${NAMES[library]} ${threads}t`,
  threads,
  open: async () => {
    const opened = await PythonPeer.open(library, threads, threadSettings(threads));
    if ("absent" in opened) return opened;
    const { peer, hello } = opened;
    const matmul = async ({ a, b, ...shape }: MatmulProblem): Promise<Task> =>
      (await openTask(peer, { op: "matmul", ...shape, inputs: [base64(a), base64(b)] }))!;
    const elementwise = (problem: ElementwiseProblem): Promise<Task | undefined> =>
      openTask(peer, { op: "elementwise", ...problem, inputs: problem.inputs.map(base64) });
    return {
      name: `${NAMES[library]} ${threads}t`,
      threads,
      version: String(hello.version),
      settings: settings(library, threads),
      matmul,
      ...(library === "torch" ? { elementwise } : {}),
      close: () => peer.close(),
    };
  },
});

export const native: readonly Candidate[] = [
  candidate("torch", 1),
  candidate("torch", 2),
  candidate("openblas", 1),
  candidate("openblas", 2),
];
