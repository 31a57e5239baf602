// @elbo/tensor/node: what only Node has.

export { enableRelaxedSimd, type PairedVectors, tryPairedVectors } from "./flags.js";
