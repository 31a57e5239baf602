// Records what a function does to values that are not computed yet, as a compiler does, and repeats it on other numbers.

import { isSymbolic, isSymbolicKey, type Recorder, Symbolic, SymbolicKey, table, wordsOf } from "@elbo/autograd";
import { type Key, Tensor, tensor } from "@elbo/tensor";

type Computed = (values: readonly Tensor[]) => Tensor;
type Evaluate = (inputs: readonly unknown[], attributes: unknown) => Tensor;

/** The operations in order. Their shapes and kinds of number are read off the values of an example. */
class Tape implements Recorder {
  readonly steps: Computed[] = [];
  readonly #example: Tensor[] = [];

  record(op: string, attributes: unknown, inputs: readonly unknown[]): Symbolic {
    const evaluate = (table as unknown as Record<string, { evaluate: Evaluate }>)[op].evaluate;
    const operands = inputs.map((x) => (isSymbolic(x) ? x.node : x));
    const taken = inputs.map(isSymbolic);
    return this.#add(op, (values) =>
      evaluate(
        operands.map((x, i) => (taken[i] ? values[x as number] : x)),
        attributes,
      ),
    );
  }

  input(leaf: Leaf, read: () => Leaf): Symbolic | SymbolicKey {
    const value = this.#add("input", () => asTensor(read()));
    return isKey(leaf) ? new SymbolicKey(value) : value;
  }

  #add(op: string, computed: Computed): Symbolic {
    const value = computed(this.#example);
    this.#example.push(value);
    this.steps.push(computed);
    return new Symbolic(this, this.steps.length - 1, op, value.shape, value.dtype);
  }
}

/** Numbers are traced too, as scalars in float32. */
type Leaf = Tensor | number | Key;

const isKey = (x: unknown): x is Key => typeof x === "object" && x !== null && "words" in x;
const asTensor = (leaf: Leaf): Tensor =>
  isKey(leaf) ? (wordsOf(leaf) as Tensor) : typeof leaf === "number" ? tensor(leaf) : leaf;

/** A tree with its leaves replaced, arrays by index and objects by name. */
function mapLeaves(tree: unknown, f: (leaf: never) => unknown): unknown {
  const isLeaf =
    typeof tree === "number" || tree instanceof Tensor || isSymbolic(tree) || isSymbolicKey(tree) || isKey(tree);
  if (isLeaf) return f(tree as never);
  if (Array.isArray(tree)) return tree.map((branch) => mapLeaves(branch, f));
  return Object.fromEntries(
    Object.entries(tree as object)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, branch]) => [name, mapLeaves(branch, f)]),
  );
}

function leavesOf(tree: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  mapLeaves(tree, (leaf) => leaves.push(leaf));
  return leaves;
}

/**
 * The function as the operations that it recorded on arguments of the shapes of `example`. It can be called with any
 * others of these shapes, and computes without calling `f` again.
 * @throws ConcreteReadError where `f` reads a number
 */
export function recorded<Args extends unknown[], R>(f: (...args: Args) => R, example: Args): (...args: Args) => R {
  const tape = new Tape();
  let given = leavesOf(example);
  let next = 0;
  const symbolic = mapLeaves(example, (leaf: Leaf) => {
    const at = next++;
    return tape.input(leaf, () => given[at]);
  });
  const result = f(...(symbolic as Args));
  return (...args) => {
    given = leavesOf(args);
    const values: Tensor[] = [];
    for (const step of tape.steps) values.push(step(values));
    return mapLeaves(result, (leaf: Leaf | Symbolic) => (isSymbolic(leaf) ? values[leaf.node] : leaf)) as R;
  };
}
