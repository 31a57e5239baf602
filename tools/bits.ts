// Prints the hashes of this runtime as one line of JSON.

import { allHashes } from "./hashes.js";

console.log(JSON.stringify({ node: process.versions.node, ...(await allHashes()) }));
