// A site on this machine whose page runs one script, and the Chromium that visits it until the script has reported.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { chromium, quietFlags } from "./chromium.js";

/** Where the script runs. */
export interface Place {
  readonly name: string;
  /** In a dedicated worker, or in the page itself, whose thread may not sleep. */
  readonly inWorker: boolean;
  /** With the headers that let threads share memory, or without. */
  readonly isolated: boolean;
}

const ISOLATION = new Map([
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Embedder-Policy", "require-corp"],
]);

const REPORT_ERROR = `({ message }) => fetch("/report", { method: "POST", body: JSON.stringify({ error: message }) })`;
const IN_PAGE = `<script>addEventListener("error", ${REPORT_ERROR})</script><script src="/script.js"></script>`;
const IN_WORKER = `<script>new Worker("/script.js").onerror = ${REPORT_ERROR}</script>`;

/** A site that listens already; `hear` is given what its page sends by `POST /report`. */
async function siteOf(script: string, { inWorker, isolated }: Place, hear: (report: unknown) => void): Promise<Server> {
  const files: Record<string, readonly [type: string, text: string]> = {
    "/": ["text/html", `<!doctype html><meta charset="utf-8">${inWorker ? IN_WORKER : IN_PAGE}`],
    "/script.js": ["text/javascript", script],
  };
  const server = createServer(async (request, response) => {
    if (request.url === "/report") hear(await json(request));
    const [type, text] = files[request.url!] ?? ["text/plain", ""];
    response.setHeader("Content-Type", type);
    if (isolated) response.setHeaders(ISOLATION);
    response.end(text);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

/**
 * What the script sends as JSON by `POST /report`. `scratch` is a folder for the browser's files.
 * @throws Error where the browser ends, or the time in milliseconds does, before there is a report
 */
export async function reportOf(script: string, place: Place, scratch: string, limit = 50_000): Promise<unknown> {
  let hear: (report: unknown) => void;
  const report = new Promise<unknown>((resolve) => (hear = resolve));
  const server = await siteOf(script, place, (heard) => hear(heard));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = spawn(chromium!, [...quietFlags(join(scratch, place.name)), address], {
    stdio: "ignore",
    timeout: limit,
  });
  const ended = once(browser, "exit");
  const silence = ended.then(() => {
    throw new Error(`the browser ended without a report from ${place.name}, or was ended after ${limit / 1000} s`);
  });
  try {
    return await Promise.race([report, silence]);
  } finally {
    browser.kill();
    await ended;
    server.closeAllConnections();
    server.close();
  }
}
