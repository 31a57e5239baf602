// The least recorder there can be: it writes operations down, and computes them later by the table.

import { type DType, type Shape, type Tensor, zeros } from "@elbo/tensor";
import { shapeOf } from "../../src/core/traced.js";
import {
  isSymbolic,
  type OpAttributes,
  type Operand,
  type OpName,
  type OpRecord,
  type Recorder,
  Symbolic,
  table,
  type Value,
} from "../../src/index.js";

interface Step {
  readonly op: string;
  readonly attributes: unknown;
  readonly inputs: readonly Operand[];
}

const recordOf = (op: string): OpRecord<unknown> => table[op as OpName] as OpRecord<unknown>;

/** Operations on symbolic values, in the order in which they were asked for. */
export class Tape implements Recorder {
  readonly steps: Step[] = [];
  readonly #given = new Map<number, Tensor>();

  /** A symbolic value that stands for a tensor until the tape is played. */
  input(tensor: Tensor): Symbolic {
    this.#given.set(this.steps.length, tensor);
    return this.#write({ op: "input", attributes: {}, inputs: [] }, tensor.shape, tensor.dtype);
  }

  record(op: string, attributes: unknown, inputs: readonly Operand[]): Symbolic {
    if (op === "custom") return (attributes as OpAttributes["custom"]).f(...(inputs as Value[])) as Symbolic;
    const standIns = inputs.map((x) => (isSymbolic(x) ? zeros(x.shape, { dtype: x.dtype }) : (x as Tensor | number)));
    const shape = recordOf(op).shape(inputs.map(shapeOf), attributes);
    return this.#write({ op, attributes, inputs }, shape, recordOf(op).evaluate(standIns, attributes).dtype);
  }

  #write(step: Step, shape: Shape, dtype: DType): Symbolic {
    return new Symbolic(this, this.steps.push(step) - 1, step.op, shape, dtype);
  }

  /** The tensor that a value comes to. */
  play(value: Value): Tensor {
    const done: Tensor[] = [];
    const find = (x: Operand): Tensor => (isSymbolic(x) ? done[x.node] : (x as Tensor));
    this.steps.forEach(({ op, attributes, inputs }, node) => {
      done.push(this.#given.get(node) ?? recordOf(op).evaluate(inputs.map(find), attributes));
    });
    return find(value);
  }
}
