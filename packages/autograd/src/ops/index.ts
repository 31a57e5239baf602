// Every operation, as a function on values.

export * from "./elementwise.js";
export * from "./shape.js";
export * from "./reduce.js";
export * from "./linear.js";
export * from "./random.js";
