// What a browser runs, in a page or in a worker of it: reports the short trainings, and what its thread may do.

import { hasThreads } from "@elbo/compiler";
import { mayWait } from "../../../packages/compiler/src/run/platform.js";
import { allEndings } from "./short-training.js";

const found = async (): Promise<unknown> => ({
  hasThreads: hasThreads(),
  mayWait: mayWait(),
  endings: await allEndings(),
});

void found()
  .catch((error: unknown) => ({ error: String(error) }))
  .then((report) => fetch("/report", { method: "POST", body: JSON.stringify(report) }));
