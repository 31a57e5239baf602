#!/usr/bin/env node
// The elbo command as a program.

import { elbo } from "./elbo.js";

// Output that nobody reads any more (`elbo train | head`) must not end a run; output that cannot be written is a failure.
let unwritable = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    unwritable ||= error.code !== "EPIPE";
  });
}

const code = await elbo(process.argv.slice(2));
process.exitCode = code === 0 && unwritable ? 1 : code;
