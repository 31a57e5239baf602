// Compiled training in a browser, wherever a page can run it: the same bits as in Node, on all the threads it may have.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle, chromium, unlessHere } from "./support/chromium.js";
import { allEndings, type Ending } from "./support/short-training.js";
import { type Place, reportOf } from "./support/site.js";

let inNode: Record<string, Ending>;
beforeAll(async () => {
  inNode = await allEndings();
}, 60_000);

const scratch = mkdtempSync(join(tmpdir(), "elbo-compiled-browser-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 10 }));

/** The hashes of a training, whichever way its steps are computed. */
const hashesOf = (training: string): Set<string> =>
  new Set(Object.keys(inNode).flatMap((name) => (name.startsWith(training) ? [inNode[name].hash] : [])));

test.each(["small", "full"])("in Node, the %s training ends with the same bits in every way", (training) => {
  expect(hashesOf(training).size).toBe(1);
});

test("in Node, two threads take part where two are asked for", () => {
  const threads = Object.entries(inNode).map(([name, ending]) => [name, ending.threads]);
  expect(threads).toEqual(Object.keys(inNode).map((name) => [name, name.endsWith("2") ? 2 : 1]));
});

/** Where a script can run, and whether its thread may sleep there. */
const places: readonly (Place & { readonly mayWait: boolean })[] = [
  { name: "isolated page", inWorker: false, isolated: true, mayWait: false },
  { name: "worker of an isolated page", inWorker: true, isolated: true, mayWait: true },
  { name: "page without isolation", inWorker: false, isolated: false, mayWait: false },
];

for (const place of places) {
  test.skipIf(chromium === undefined)(`the same bits in a browser, ${place.name}${unlessHere}`, async () => {
    const script = await bundle(new URL("support/browser-script.ts", import.meta.url));
    const endings = Object.entries(inNode).map(([name, { hash, threads }]): [string, Ending] => [
      name,
      { hash, threads: place.isolated ? threads : 1 },
    ]);
    expect(await reportOf(script, place, scratch)).toEqual({
      hasThreads: place.isolated,
      mayWait: place.mayWait,
      endings: Object.fromEntries(endings),
    });
  });
}
