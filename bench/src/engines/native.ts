// PyTorch in eager mode, and OpenBLAS alone, on one and on two threads, where the machine has them.

import type { Candidate, ElementwiseProblem, MatmulProblem, Task } from "./engine.js";
import { PythonPeer } from "./python.js";

type Library = "torch" | "openblas";
const NAMES: Record<Library, string> = { torch: "pytorch", openblas: "openblas" };

/** Read when the libraries load. A spinning thread of one peer would steal the core from the next. */
const environment = (threads: number): NodeJS.ProcessEnv => ({
  OMP_NUM_THREADS: String(threads),
  OPENBLAS_NUM_THREADS: String(threads),
  ...(threads > 1 ? { GOMP_SPINCOUNT: "0", OPENBLAS_THREAD_TIMEOUT: "20" } : {}),
});

const settings = (library: Library, threads: number): string =>
  [
    library === "torch" ? "eager, no gradients" : "cblas_sgemm through ctypes",
    ...Object.entries(environment(threads)).map(([name, value]) => `${name}=${value}`),
    ...(library === "torch" ? [`set_num_threads(${threads})`] : []),
  ].join(", ");

const base64 = (x: Float32Array): string => Buffer.from(x.buffer, x.byteOffset, x.byteLength).toString("base64");

function fromBase64(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return new Float32Array(bytes.buffer);
}

let tasks = 0;

/** `undefined` where the library has no such function. */
async function open(peer: PythonPeer, question: object): Promise<Task | undefined> {
  const id = tasks++;
  const { missing } = await peer.ask({ ...question, id });
  if (missing === true) return undefined;
  return {
    time: async (repeats) => (await peer.ask({ op: "time", id, repeats })).seconds as number,
    result: async () => fromBase64((await peer.ask({ op: "result", id })).data as string),
    dispose: async () => void (await peer.ask({ op: "dispose", id })),
  };
}

const candidate = (library: Library, threads: number): Candidate => ({
  name: `${NAMES[library]} ${threads}t`,
  threads,
  open: async () => {
    const opened = await PythonPeer.open(library, threads, environment(threads));
    if ("absent" in opened) return opened;
    const { peer, hello } = opened;
    const matmul = async ({ a, b, ...shape }: MatmulProblem): Promise<Task> =>
      (await open(peer, { op: "matmul", ...shape, inputs: [base64(a), base64(b)] }))!;
    const elementwise = (problem: ElementwiseProblem): Promise<Task | undefined> =>
      open(peer, { op: "elementwise", ...problem, inputs: problem.inputs.map(base64) });
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
