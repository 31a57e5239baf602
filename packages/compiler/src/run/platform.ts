// What the platform offers of threads, found out by asking it: nothing of Node is imported, nothing of a browser assumed.

import { newSharedMemory } from "@elbo/tensor/kernels";
import { WORKER_SOURCE } from "./worker-source.js";

/** A thread that was started. */
export interface Worker {
  /** Ends it, whatever it is doing. */
  terminate(): unknown;
}

interface NodeWorker extends Worker {
  unref(): void;
  on(event: "error", listener: () => void): void;
}

interface BrowserWorker extends Worker {
  addEventListener(event: "error", listener: (event: { preventDefault(): void }) => void): void;
  postMessage(data: object, transfer: readonly object[]): void;
}

interface NodeModules {
  readonly "node:worker_threads": { readonly Worker: new (source: string, options: object) => NodeWorker };
  readonly "node:os": { availableParallelism(): number };
}

interface Platform {
  readonly process?: { getBuiltinModule?<N extends keyof NodeModules>(name: N): NodeModules[N] | undefined };
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly crossOriginIsolated?: boolean;
  readonly Worker?: new (url: string) => BrowserWorker;
  readonly Blob?: new (parts: readonly string[], options: { readonly type: string }) => object;
  readonly URL?: { createObjectURL(blob: object): string };
}

const platform = globalThis as unknown as Platform;

const nodeModule = <N extends keyof NodeModules>(name: N): NodeModules[N] | undefined =>
  platform.process?.getBuiltinModule?.(name);

/** Whether the condition holds; false where asking throws. */
function holds(condition: () => boolean): boolean {
  try {
    return condition();
  } catch {
    return false;
  }
}

/** Whether threads can share a memory here: browsers ask for cross-origin isolation, and a worker has to be had. */
export const hasThreads = (): boolean =>
  platform.crossOriginIsolated !== false &&
  (nodeModule("node:worker_threads") ?? platform.Worker) !== undefined &&
  holds(() => newSharedMemory(0, 0).buffer instanceof SharedArrayBuffer);

/** Whether this thread may sleep: the main thread of a browser may not. */
export const mayWait = (): boolean =>
  holds(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1) === "not-equal");

/** How many threads can run at once. */
export const availableThreads = (): number =>
  platform.navigator?.hardwareConcurrency ?? nodeModule("node:os")?.availableParallelism() ?? 1;

/** Starts a worker with its data; undefined where there are none. It keeps no process alive, and fails in silence. */
export function startWorker(data: object): Worker | undefined {
  try {
    const threads = nodeModule("node:worker_threads");
    return threads ? startInNode(threads.Worker, data) : startInBrowser(data);
  } catch {
    return undefined;
  }
}

function startInNode(NodeWorker: NodeModules["node:worker_threads"]["Worker"], data: object): Worker {
  // The loaders and hooks of the command line are not for the worker.
  const worker = new NodeWorker(WORKER_SOURCE, { eval: true, workerData: data, execArgv: [] });
  worker.unref();
  worker.on("error", () => {});
  return worker;
}

/** Made once: a worker may fetch it at any later time. */
let sourceUrl: string | undefined;

function startInBrowser(data: object): Worker {
  sourceUrl ??= platform.URL!.createObjectURL(new platform.Blob!([WORKER_SOURCE], { type: "text/javascript" }));
  const worker = new platform.Worker!(sourceUrl);
  worker.addEventListener("error", (event) => event.preventDefault());
  worker.postMessage(data, []);
  return worker;
}
