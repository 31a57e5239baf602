// Functions of a model's parameters, compiled once for each model and used by every later call.

import { leaves } from "@elbo/autograd";
import { matmulEngine, matmulMode, type Tensor } from "@elbo/tensor";
import type { Model } from "../models/model.js";
import { type Execution, isCompiled, type Work } from "./execution.js";
import { compiled, isLost, type Program, type StateFunction } from "./program.js";

type ModelProgram = Program<unknown, unknown[], unknown>;

/**
 * The programs of each model by what they compute. Each holds a copy of the parameters and room for a block of examples,
 * until the model is gone or `closePrograms` is called.
 */
const programs = new WeakMap<Model, Map<string, ModelProgram>>();

/** A program keeps code and memory for all shapes that it was called with; after so many, a new one takes its place. */
const MOST_SHAPES = 16;

export interface ModelFunction extends Pick<Work, "calls" | "multiplyAdds"> {
  readonly model: Model;
  /** Tells what is computed from everything else that is computed of the model. */
  readonly name: string;
  readonly execution: Execution;
}

/** A function at the present parameters of a model, compiled where that pays. The bits are those of `f` itself. */
export function atParams<P extends Model["params"], Args extends unknown[], Outputs>(
  f: (params: P, ...args: Args) => Outputs,
  about: ModelFunction,
): (...args: Args) => Outputs {
  const params = about.model.params as P;
  if (!isCompiled(about.execution, { ...about, params })) return (...args) => f(params, ...args);
  const program = programFor((at, ...args) => [at, f(at as P, ...(args as Args))], about);
  return (...args) => {
    hold(program, params);
    try {
      return program.run(...args) as Outputs;
    } catch (cause) {
      if (!isLost(cause)) throw cause;
      program.write(params);
      return program.run(...args) as Outputs;
    }
  };
}

/** The parameters that a program was given last. Trees of parameters are replaced, never changed. */
const held = new WeakMap<ModelProgram, unknown>();

/** Gives a program the parameters of this call, where another call has left others in it. */
function hold(program: ModelProgram, params: unknown): void {
  if (held.get(program) === params) return;
  program.write(params);
  held.set(program, params);
}

/** The program of a function. */
function programFor(
  f: StateFunction<unknown, unknown[], unknown>,
  { model, name, execution: { threads } }: ModelFunction,
): ModelProgram {
  const [params, matmul] = [model.params, matmulMode()];
  const ofModel = programs.get(model) ?? new Map<string, ModelProgram>();
  programs.set(model, ofModel);
  const id = [name, matmul, matmulEngine().fast, threads ?? "all", shapesOf(params)].join("; ");
  const found = ofModel.get(id);
  if (found !== undefined && found.facts().shapes < MOST_SHAPES) return found;
  found?.close();
  const made = compiled(f, params as unknown, { threads, matmul });
  held.set(made, params);
  ofModel.set(id, made);
  return made;
}

/** Of parameters that `isCompiled` has found to be tensors. */
const shapesOf = (params: unknown): string =>
  leaves(params)
    .map((leaf) => `[${(leaf as Tensor).shape}]`)
    .join();

/** Ends the threads of a model's programs and forgets them. */
export function closePrograms(model: Model): void {
  for (const program of programs.get(model)?.values() ?? []) program.close();
  programs.delete(model);
}
