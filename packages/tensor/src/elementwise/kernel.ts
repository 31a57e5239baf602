// A kernel: the loop that applies one meaning along one axis, made once for each meaning and precision.

import type { Storage } from "../core/dtype.js";
import type { Meaning } from "../meaning/arithmetic.js";
import { evaluate, type Precision } from "../meaning/evaluate.js";
import { sourceScope, writeSource } from "../meaning/source.js";

/** Applies a meaning to `count` elements: input k starts at `starts[k]` and advances by `steps[k]`. */
export type Kernel = (
  count: number,
  out: Storage,
  outStart: number,
  inputs: readonly Storage[],
  starts: readonly number[],
  steps: readonly number[],
) => void;

const kernels: Record<Precision, WeakMap<Meaning, Kernel>> = { float32: new WeakMap(), float64: new WeakMap() };

/** The kernel of a meaning, cached. */
export function kernelOf(meaning: Meaning, precision: Precision): Kernel {
  let kernel = kernels[precision].get(meaning);
  if (kernel === undefined) {
    kernel = hostCompilesText() ? compiledKernel(meaning, precision) : interpretedKernel(meaning, precision);
    kernels[precision].set(meaning, kernel);
  }
  return kernel;
}

let compilesText: boolean | undefined;

/** Whether the host turns text into functions; pages with a strict content security policy do not. */
function hostCompilesText(): boolean {
  if (compilesText === undefined) {
    try {
      compilesText = new Function("return true")() === true;
    } catch {
      compilesText = false;
    }
  }
  return compilesText;
}

/** One straight-line loop body, so that the host's optimizer sees nothing but arithmetic. */
export function compiledKernel(meaning: Meaning, precision: Precision): Kernel {
  const ids = Array.from({ length: meaning.arity }, (_, k) => k);
  const source = writeSource(
    meaning,
    ids.map((k) => `x${k}`),
    precision,
  );
  const scope = sourceScope(source);
  const lines = [
    "return function kernel(count, out, outStart, inputs, starts, steps) {",
    ...ids.map((k) => `  const in${k} = inputs[${k}], step${k} = steps[${k}]; let at${k} = starts[${k}];`),
    "  for (let i = 0; i < count; i++) {",
    ...ids.map((k) => `    const x${k} = in${k}[at${k}]; at${k} += step${k};`),
    ...source.statements.map((statement) => `    ${statement}`),
    `    out[outStart + i] = ${source.result};`,
    "  }",
    "};",
  ];
  return new Function(...Object.keys(scope), lines.join("\n"))(...Object.values(scope)) as Kernel;
}

/** The same kernel by direct interpretation: slower, the same bits. */
export function interpretedKernel(meaning: Meaning, precision: Precision): Kernel {
  return (count, out, outStart, inputs, starts, steps) => {
    for (let i = 0; i < count; i++) {
      out[outStart + i] = evaluate(
        meaning,
        inputs.map((input, k) => input[starts[k] + i * steps[k]]),
        precision,
      );
    }
  };
}
