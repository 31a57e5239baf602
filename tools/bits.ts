// Prints the hashes of this runtime as one line of JSON.

import { tryPairedVectors } from "@elbo/tensor/node";
import { allHashes } from "./hashes.js";

// With `--paired`, under V8's experimental pairing of vectors: it must not show in a bit.
if (process.argv.includes("--paired")) console.error(`paired vectors: ${tryPairedVectors().because}`);

console.log(JSON.stringify({ node: process.versions.node, ...(await allHashes()) }));
