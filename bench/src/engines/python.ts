// The child process that speaks for PyTorch and OpenBLAS: one for each library and number of threads.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Task } from "./engine.js";
import { peerProgram } from "./peers.js";

export type Answer = Readonly<Record<string, unknown>>;

/** The system's own interpreter is asked too: Debian's packages are seen by it alone. */
const INTERPRETERS = ["python3", "/usr/bin/python3"];

const PATIENCE_MS = 2000;

const living = new Set<ChildProcess>();
process.on("exit", () => living.forEach((child) => child.kill("SIGKILL")));

/** One conversation: a question a line, an answer a line, in order. */
export class PythonPeer {
  readonly #child: ChildProcess;
  readonly #waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }[] = [];
  #ended: Error | undefined;

  private constructor(command: string, library: string, threads: number, env: NodeJS.ProcessEnv) {
    const child = spawn(command, [peerProgram("python_peer.py"), library, String(threads)], {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#child = child;
    living.add(child);
    createInterface({ input: child.stdout! }).on("line", (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as Answer);
    });
    child.stdin!.on("error", () => {});
    child.on("error", (error) => this.#end(error));
    child.on("close", (code) => this.#end(new Error(`${command} ended with code ${code}`)));
  }

  #end(error: Error): void {
    living.delete(this.#child);
    this.#ended ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }

  #answer(): Promise<Answer> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** @throws Error where the child failed at it, or is gone */
  async ask(question: Answer): Promise<Answer> {
    const answered = this.#answer();
    this.#child.stdin!.write(`${JSON.stringify(question)}\n`);
    const answer = await answered;
    if (typeof answer.error === "string") throw new Error(answer.error);
    return answer;
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    const closed = once(this.#child, "close");
    this.#child.stdin!.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE_MS);
    await closed;
    clearTimeout(timer);
  }

  /** Tries one interpreter after the other, and gives the last reason when none has the library. */
  static async open(
    library: string,
    threads: number,
    env: NodeJS.ProcessEnv,
  ): Promise<{ readonly peer: PythonPeer; readonly hello: Answer } | { readonly absent: string }> {
    let absent = "";
    for (const command of INTERPRETERS) {
      const peer = new PythonPeer(command, library, threads, env);
      try {
        const hello = await peer.#answer();
        if (typeof hello.absent !== "string") return { peer, hello };
        absent = hello.absent;
      } catch (error) {
        absent ||= (error as Error).message;
      }
      await peer.close();
    }
    return { absent };
  }
}

/** Read when the libraries load. A spinning thread of one peer would steal the core from the next. */
export const threadSettings = (threads: number): NodeJS.ProcessEnv => ({
  OMP_NUM_THREADS: String(threads),
  OPENBLAS_NUM_THREADS: String(threads),
  ...(threads > 1 ? { GOMP_SPINCOUNT: "0", OPENBLAS_THREAD_TIMEOUT: "20" } : {}),
});

export const base64 = (x: Float32Array): string => Buffer.from(x.buffer, x.byteOffset, x.byteLength).toString("base64");

function fromBase64(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return new Float32Array(bytes.buffer);
}

let tasks = 0;

/** Work that the child makes ready; `undefined` where the library has no such function. */
export async function openTask(peer: PythonPeer, question: Answer): Promise<Task | undefined> {
  const id = tasks++;
  const { missing } = await peer.ask({ ...question, id });
  if (missing === true) return undefined;
  return {
    time: async (repeats) => (await peer.ask({ op: "time", id, repeats })).seconds as number,
    result: async () => fromBase64((await peer.ask({ op: "result", id })).data as string),
    dispose: async () => void (await peer.ask({ op: "dispose", id })),
  };
}
