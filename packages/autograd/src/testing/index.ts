// @elbo/autograd/testing: gradient checks for users' own functions.

import "../install.js";

export { checkGrads, type CheckOptions, GradientError } from "./check.js";
export { central, directionalDerivative, type Estimate } from "./numeric.js";
export { withEngine } from "./corrupt.js";
