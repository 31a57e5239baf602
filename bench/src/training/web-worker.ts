// The browser's Worker, as far as jax-js uses it, over Node's threads: a module from a blob, messages both ways.

import { resolveObjectURL } from "node:buffer";
import { Worker as Thread } from "node:worker_threads";

/** What a worker's program expects of its global scope. */
const SCOPE = `
const { parentPort } = require("node:worker_threads");
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on("message", (data) => self.onmessage({ data }));
`;

class WebWorker {
  onmessage?: (event: { readonly data: unknown }) => void;
  onerror?: (event: { readonly message: string }) => void;
  readonly #thread: Promise<Thread>;

  constructor(url: string) {
    this.#thread = this.#start(url);
  }

  async #start(url: string): Promise<Thread> {
    const source = await resolveObjectURL(url)!.text();
    const thread = new Thread(SCOPE + source, { eval: true, execArgv: [] });
    thread.on("message", (data: unknown) => this.onmessage?.({ data }));
    thread.on("error", ({ message }) => this.onerror?.({ message }));
    return thread;
  }

  postMessage(message: unknown): void {
    void this.#thread.then((thread) => thread.postMessage(message, []));
  }
}

/** Gives this thread's global scope a `Worker`, and a `navigator` that counts so many cores. */
export function standInForWorker(cores: number): void {
  Object.defineProperty(globalThis, "Worker", { value: WebWorker });
  Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: cores } });
}
