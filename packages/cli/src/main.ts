#!/usr/bin/env node
// The elbo command as a program.

import { elbo } from "./elbo.js";

process.exitCode = await elbo(process.argv.slice(2));
