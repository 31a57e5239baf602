// A compiled function at run time: its state in WebAssembly memory, its variants by shape, its threads.

import { ArgumentError, type Key, type MatmulMode, Tensor } from "@elbo/tensor";
import { bytesOf } from "../plan/plan.js";
import { isKey, type Leaf, type LeafSpec, leavesOf, withLeaves } from "../trace/leaves.js";
import {
  argumentLeaves,
  checkCount,
  described,
  type Parameters,
  parametersOf,
  requireSameLeaves,
  specOf,
} from "../trace/specs.js";
import { trace } from "../trace/trace.js";
import { now } from "./clock.js";
import { CONTROL, MOST_VARIANTS, word } from "../plan/control.js";
import { ProgramMemory } from "./memory.js";
import { refused } from "./refused.js";
import { Team } from "./team.js";
import { elementsOf, makeVariant, type OutputPlace, type ProgramParts, type Variant } from "./variant.js";

/** What a program is made with. */
export interface ProgramOptions {
  readonly state?: unknown;
  readonly threads: number;
  readonly shared: boolean;
  readonly matmul: MatmulMode;
  readonly profile: boolean;
}

/**
 * A step of fewer FLOPs and elements is not worth waking others for: it takes less than about a millisecond, and its many
 * barriers would cost more than a second thread saves.
 */
const WORTH_THREADS = 1e7;

/** A variant in use. */
export interface RunningVariant extends Variant {
  readonly number: number;
  /** The leaves of its arguments, by the names of the function's parameters. */
  readonly specs: readonly LeafSpec[];
  /** How often it has run. */
  steps: number;
  /** Seconds of all steps by kernel, for programs that profile themselves. */
  readonly seconds: Map<string, number>;
}

export class ProgramState {
  readonly #f: (...args: never[]) => unknown;
  readonly #options: ProgramOptions;
  readonly #parts: ProgramParts;
  readonly #parameters: Parameters;
  readonly #specs: readonly LeafSpec[];
  readonly #variants = new Map<string, RunningVariant>();
  readonly team: Team | undefined;

  constructor(f: (...args: never[]) => unknown, options: ProgramOptions) {
    this.#f = f;
    this.#options = options;
    this.#parameters = parametersOf(f, options.state !== undefined);
    const memory = new ProgramMemory({ shared: options.shared });
    const leaves = options.state === undefined ? [] : leavesOf(options.state, "state");
    this.#specs = leaves.map(([name, leaf]) => specOf(name, leaf));
    this.#parts = {
      memory,
      shared: options.shared,
      threads: options.threads,
      matmul: options.matmul,
      state: this.#specs.map((spec) => memory.reserve(bytesOf(spec))),
      constants: new Map(),
      arena: { address: 0, bytes: 0 },
    };
    this.team = options.shared ? new Team({ memory, threads: options.threads }) : undefined;
    leaves.forEach(([, leaf], i) => this.#writeLeaf(this.#parts.state[i], this.#specs[i], leaf));
  }

  /** Runs a step; gives what the function returns beside its state. */
  run(args: readonly unknown[]): unknown {
    checkCount(args, this.#parameters, this.#options.state !== undefined);
    const leaves = argumentLeaves(args, this.#parameters);
    const specs = leaves.map(([name, leaf]) => specOf(name, leaf));
    const variant = this.#variantFor(args, specs);
    leaves.forEach(([, leaf], i) => {
      if (variant.inputs[i] >= 0) this.#writeLeaf(variant.inputs[i], specs[i], leaf);
    });
    this.#execute(
      variant,
      leaves.map(([, leaf]) => leaf),
    );
    variant.steps++;
    const outputs = variant.outputs.map((place, i) => this.#readOutput(place, variant.trace.outputs[i]));
    return withLeaves(variant.trace.tree, outputs);
  }

  /** A copy of the state. */
  read(): unknown {
    this.#requireState("read");
    const leaves = this.#specs.map((spec, i) => {
      const tensor = this.#copy(this.#parts.state[i], spec.shape, spec.dtype);
      return spec.kind === "number" ? tensor.item() : spec.kind === "key" ? keyOf(tensor) : tensor;
    });
    return withLeaves(this.#options.state, leaves);
  }

  /** Replaces the state. */
  write(state: unknown): void {
    this.#requireState("write");
    const leaves = leavesOf(state, "state");
    const found = leaves.map(([name, leaf]) => described(name, specOf(name, leaf)));
    requireSameLeaves("the state to write", this.#specs, found);
    leaves.forEach(([, leaf], i) => this.#writeLeaf(this.#parts.state[i], this.#specs[i], leaf));
  }

  /** One for each set of kinds and shapes that the arguments had, in order. */
  get variants(): readonly RunningVariant[] {
    return [...this.#variants.values()];
  }

  /** The leaves of the state. */
  get stateSpecs(): readonly LeafSpec[] {
    return this.#specs;
  }

  /** Bytes of the program's memory: all of its variants, its state, the code for its threads. */
  get memoryBytes(): number {
    return this.#parts.memory.memory.buffer.byteLength;
  }

  #requireState(op: string): void {
    if (this.#options.state === undefined) throw new ArgumentError("the function was compiled without a state", { op });
  }

  #variantFor(args: readonly unknown[], specs: readonly LeafSpec[]): RunningVariant {
    // Trees of other structure are other arguments, though their leaves may have the same names.
    const structure = JSON.stringify(
      withLeaves(
        args,
        specs.map(() => 0),
      ),
    );
    const leaves = specs.map(({ kind, shape, dtype }) => `${kind}:${dtype}:${shape.join()}`);
    const signature = `${structure} ${leaves.join(";")}`;
    let variant = this.#variants.get(signature);
    if (variant !== undefined) return variant;
    if (this.#variants.size >= MOST_VARIANTS) {
      throw new ArgumentError(
        `a compiled function has at most ${MOST_VARIANTS} variants, one for each list of argument shapes; pad the arguments to fewer shapes`,
        { op: "compile" },
      );
    }
    const started = now();
    const { state } = this.#options;
    const traced = trace(this.#f, args, specs, state === undefined ? undefined : { tree: state, specs: this.#specs });
    const made = makeVariant(traced, this.#parts, specs, started);
    variant = { ...made, number: this.#variants.size, specs, steps: 0, seconds: new Map() };
    this.team?.publish(variant.number, variant.bytes);
    this.#variants.set(signature, variant);
    if (variant.flops + elementsOf(variant) > WORTH_THREADS) this.team?.start();
    return variant;
  }

  #execute(variant: RunningVariant, args: readonly Leaf[]): void {
    const { exports, seconds } = variant;
    if (this.#options.profile) {
      for (const name of variant.names.flat()) {
        const started = now();
        exports[name](0, 1);
        seconds.set(name, (seconds.get(name) ?? 0) + (now() - started) / 1000);
      }
    } else if (this.team === undefined) exports.run(0, 1, 0, 0);
    else this.team.run(exports, variant.number);
    const ints = this.#parts.memory.ints();
    const failed = ints[word(CONTROL.FAILED)];
    if (failed !== 0) {
      ints[word(CONTROL.FAILED)] = 0;
      throw refused(variant, failed - 1, args, this.#options.state !== undefined);
    }
  }

  #writeLeaf(address: number, spec: LeafSpec, leaf: Leaf): void {
    const { memory } = this.#parts;
    if (typeof leaf === "number") memory.floats()[address / 4] = leaf;
    else if (isKey(leaf)) memory.ints().set((leaf as Key).words, address / 4);
    else (spec.dtype === "int32" ? memory.ints() : memory.floats()).set((leaf as Tensor).data, address / 4);
  }

  #readOutput(place: OutputPlace, kind: LeafSpec["kind"]): Tensor | Key {
    if ("constant" in place) return Tensor.dense(place.constant.data.slice(), place.constant.shape);
    const { memory } = this.#parts;
    const storage = place.dtype === "int32" ? memory.ints() : memory.floats();
    const { shape, strides, offset } = place.reading;
    const view = new Tensor(storage as never, { shape, strides, offset: place.address / 4 + offset });
    const copy = Tensor.dense(view.isContiguous ? view.data.slice() : view.data, shape);
    return kind === "key" ? keyOf(copy) : copy;
  }

  #copy(address: number, shape: readonly number[], dtype: LeafSpec["dtype"]): Tensor {
    const { memory } = this.#parts;
    const view = dtype === "int32" ? memory.ints() : memory.floats();
    const count = shape.reduce((product, length) => product * length, 1);
    return Tensor.dense(view.slice(address / 4, address / 4 + count) as never, [...shape]);
  }
}

/** Two words as a key. */
const keyOf = ({ data }: Tensor): Key => ({ words: [data[0] >>> 0, data[1] >>> 0] });
