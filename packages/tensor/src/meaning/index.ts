// Every elementwise operation's meaning, by name.

export * from "./basic.js";
export * from "./error.js";
export * from "./exponential.js";
export * from "./sigmoid.js";
export * from "./trigonometric.js";
export { type Arithmetic, type Meaning, meaning } from "./arithmetic.js";
