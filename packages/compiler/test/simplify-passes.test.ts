// What each pass of simplify does to tiny graphs.

import type { OpAttributes, OpName } from "@elbo/autograd";
import { fromTypedArray, tensor } from "@elbo/tensor";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../src/graph/builder.js";
import type { Graph, NodeId } from "../src/graph/graph.js";
import { algebra } from "../src/simplify/algebra.js";
import { joinCommon } from "../src/simplify/common.js";
import { removeDead } from "../src/simplify/dead.js";
import { expand } from "../src/simplify/expand.js";
import { fold } from "../src/simplify/fold.js";
import { hoist } from "../src/simplify/hoist.js";
import { joinViews } from "../src/simplify/views.js";
import { formula } from "./support/formula.js";
import { expectSameResults, interpret } from "./support/interpret.js";

/** Where examples begin: x is [2, 3], y is [3], s is a scalar. */
class Example extends GraphBuilder {
  readonly x = this.source("input", { index: 0, name: "x" }, [2, 3], "float32");
  readonly y = this.source("input", { index: 1, name: "y" }, [3], "float32");
  readonly s = this.source("input", { index: 2, name: "s" }, [], "float32");

  /** An operation without attributes. */
  plain(op: OpName, ...x: NodeId[]): NodeId {
    return this.op(op, {} as OpAttributes[OpName], x);
  }

  stretched(x: NodeId, shape: number[] = [2, 3]): NodeId {
    return this.op("broadcastTo", { shape }, [x]);
  }

  /** Of three axes the first goes to the end. */
  rotated(x: NodeId): NodeId {
    return this.op("transpose", { axes: [1, 2, 0] }, [x]);
  }

  reshaped(x: NodeId, shape: number[]): NodeId {
    return this.op("reshape", { shape }, [x]);
  }
}

const INPUTS = [
  tensor([
    [1, -0, 0],
    [-Infinity, NaN, -2.5],
  ]),
  tensor([-0, 0.5, Infinity]),
  tensor(-3),
];

/** The formula after a pass, which must have kept the bits. */
function after(pass: (graph: Graph) => Graph, build: (b: Example) => NodeId): string {
  const example = new Example();
  const graph = example.graph([build(example)], []);
  const result = pass(graph);
  expectSameResults(interpret(result, INPUTS), interpret(graph, INPUTS));
  return formula(result);
}

type Cases = readonly (readonly [want: string, build: (b: Example) => NodeId])[];

describe("expand", () => {
  const top = 'max{"axes":[1],"keepDims":true}(x)';
  const finite = `where(less(abs(${top}), Infinity), ${top}, 0)`;
  const cases: Cases = [
    [
      `div(exp(sub(x, ${finite})), sum{"axes":[1],"keepDims":true}(exp(sub(x, ${finite}))))`,
      (b) => b.op("softmax", { axes: [1] }, [b.x]),
    ],
    [
      `sub(sub(x, ${finite}), log(sum{"axes":[1],"keepDims":true}(exp(sub(x, ${finite})))))`,
      (b) => b.op("logSoftmax", { axes: [1] }, [b.x]),
    ],
    [
      `reshape{"shape":[2]}(add(${finite}, log(sum{"axes":[1],"keepDims":true}(exp(sub(x, ${finite}))))))`,
      (b) => b.op("logSumExp", { axes: [1], keepDims: false }, [b.x]),
    ],
    ["exp(x)", (b) => b.plain("exp", b.plain("stopGradient", b.x))],
  ];
  it.each(cases)("gives %s", (want, build) => expect(after(expand, build)).toBe(want));
});

describe("joinViews", () => {
  const cases: Cases = [
    ["x", (b) => b.op("cast", { dtype: "float32" }, [b.x])],
    ["x", (b) => b.reshaped(b.x, [2, 3])],
    ["x", (b) => b.stretched(b.x)],
    ["x", (b) => b.op("transpose", { axes: [0, 1] }, [b.x])],
    ["x", (b) => b.reshaped(b.reshaped(b.x, [6]), [2, 3])],
    ["x", (b) => b.op("transpose", { axes: [1, 0] }, [b.op("transpose", { axes: [1, 0] }, [b.x])])],
    [
      'transpose{"axes":[2,0,1]}(broadcastTo{"shape":[4,2,3]}(x))',
      (b) => b.rotated(b.rotated(b.stretched(b.x, [4, 2, 3]))),
    ],
    ['reshape{"shape":[3,2]}(x)', (b) => b.reshaped(b.reshaped(b.x, [6]), [3, 2])],
    ['reshape{"shape":[3,1]}(y)', (b) => b.op("transpose", { axes: [1, 0] }, [b.reshaped(b.y, [1, 3])])],
    ['reshape{"shape":[1,3]}(y)', (b) => b.stretched(b.y, [1, 3])],
    ['broadcastTo{"shape":[4,2,3]}(y)', (b) => b.stretched(b.stretched(b.reshaped(b.y, [1, 3])), [4, 2, 3])],
    ['broadcastTo{"shape":[3,2]}(s)', (b) => b.op("transpose", { axes: [1, 0] }, [b.stretched(b.s)])],
    ['broadcastTo{"shape":[6]}(s)', (b) => b.reshaped(b.stretched(b.s), [6])],
    [
      'reshape{"shape":[1,3]}(sum{"axes":[0],"keepDims":false}(x))',
      (b) => b.op("sum", { axes: [0], keepDims: true }, [b.x]),
    ],
    ['max{"axes":[1],"keepDims":true}(x)', (b) => b.op("max", { axes: [1], keepDims: true }, [b.x])],
    ['broadcastTo{"shape":[1,1]}(2)', (b) => b.stretched(b.scalar(2), [1, 1])],
    [
      'matmul{"transposeA":false,"transposeB":true}(x, x)',
      (b) =>
        b.op("matmul", { transposeA: false, transposeB: false }, [b.x, b.op("transpose", { axes: [1, 0] }, [b.x])]),
    ],
  ];
  it.each(cases)("gives %s", (want, build) => expect(after(joinViews, build)).toBe(want));
});

describe("fold", () => {
  const cases: Cases = [
    ["5", (b) => b.plain("add", b.scalar(2), b.scalar(3))],
    ["-0", (b) => b.plain("mul", b.scalar(0), b.scalar(-1))],
    ["6", (b) => b.op("sum", { axes: [0, 1], keepDims: false }, [b.stretched(b.scalar(1))])],
    ["[2]", (b) => b.plain("exp", b.constant(tensor([1, 2])))],
    ['broadcastTo{"shape":[2]}(1)', (b) => b.plain("exp", b.constant(tensor([0, 0])))],
    ["[4]", (b) => b.op("normal", { shape: [4] }, [b.constant(tensor([1, 2], { dtype: "int32" }))])],
    ["mul(2, s)", (b) => b.plain("mul", b.scalar(2), b.s)],
    ['broadcastTo{"shape":[2,3]}(2)', (b) => b.stretched(b.scalar(2))],
  ];
  it.each(cases)("gives %s", (want, build) => expect(after(fold, build)).toBe(want));

  it("leaves products alone, whose multiply-add is the program's choice", () => {
    const flags = { transposeA: false, transposeB: false };
    const ones = (b: Example) => b.constant(tensor([[1, 2]]));
    const twos = (b: Example) => b.constant(tensor([[3], [4]]));
    expect(after(fold, (b) => b.op("matmul", flags, [ones(b), twos(b)]))).toMatch(/^matmul/);
  });

  it("leaves results of more than 2^16 numbers alone", () => {
    const count = (n: number) => after(fold, (b) => b.plain("exp", b.constant(fromTypedArray(ramp(n)))));
    expect(count(2 ** 16)).toBe("[65536]");
    expect(count(2 ** 16 + 1)).toBe("exp([65537])");
  });
});

const ramp = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i / n);

describe("hoist", () => {
  const cases: Cases = [
    ["mul(x, s)", (b) => b.plain("mul", b.x, b.stretched(b.s))],
    ["mul(x, y)", (b) => b.plain("mul", b.x, b.reshaped(b.y, [1, 3]))],
    ['broadcastTo{"shape":[2,3]}(mul(s, 2))', (b) => b.plain("mul", b.stretched(b.s), b.stretched(b.scalar(2)))],
    ['broadcastTo{"shape":[2,3]}(add(s, y))', (b) => b.plain("add", b.stretched(b.s), b.stretched(b.y))],
    [
      'broadcastTo{"shape":[2,3]}(clamp{"low":0,"high":1}(s))',
      (b) => b.op("clamp", { low: 0, high: 1 }, [b.stretched(b.s)]),
    ],
    ['broadcastTo{"shape":[2,3]}(tanh(exp(s)))', (b) => b.plain("tanh", b.plain("exp", b.stretched(b.s)))],
    ['reshape{"shape":[6]}(exp(x))', (b) => b.plain("exp", b.reshaped(b.x, [6]))],
    ['reshape{"shape":[6]}(add(x, s))', (b) => b.plain("add", b.reshaped(b.x, [6]), b.s)],
    // The two reshapes stretch each other.
    ['mul(reshape{"shape":[3,1]}(y), y)', (b) => b.plain("mul", b.reshaped(b.y, [3, 1]), b.reshaped(b.y, [1, 3]))],
    [
      'sum{"axes":[1],"keepDims":false}(broadcastTo{"shape":[2,3]}(y))',
      (b) => b.op("sum", { axes: [1], keepDims: false }, [b.stretched(b.y)]),
    ],
  ];
  it.each(cases)("gives %s", (want, build) => expect(after(hoist, build)).toBe(want));
});

describe("algebra", () => {
  const number = (value: number) => (op: OpName) => (b: Example) => b.plain(op, b.x, b.scalar(value));
  const cases: Cases = [
    ["x", number(1)("mul")],
    ["x", (b) => b.plain("mul", b.stretched(b.scalar(1)), b.x)],
    ['broadcastTo{"shape":[2,3]}(y)', (b) => b.plain("mul", b.y, b.stretched(b.scalar(1)))],
    ["neg(x)", number(-1)("mul")],
    ["x", number(1)("div")],
    ["mul(x, 0.125)", number(8)("div")],
    ["div(x, 3)", number(3)("div")],
    // 2^-128 has no reciprocal among the floats.
    [`div(x, ${2 ** -128})`, number(2 ** -128)("div")],
    [`mul(x, ${2 ** -127})`, number(2 ** 127)("div")],
    ["x", number(0)("sub")],
    ["sub(x, -0)", number(-0)("sub")],
    ["x", number(-0)("add")],
    ["add(x, 0)", number(0)("add")],
    ["mul(x, 0)", number(0)("mul")],
    ["x", (b) => b.plain("neg", b.plain("neg", b.x))],
    ["sub(x, y)", (b) => b.plain("add", b.x, b.plain("neg", b.y))],
    ["sub(x, y)", (b) => b.plain("add", b.plain("neg", b.y), b.x)],
    ["add(x, y)", (b) => b.plain("sub", b.x, b.plain("neg", b.y))],
    ["mul(x, y)", (b) => b.plain("mul", b.plain("neg", b.x), b.plain("neg", b.y))],
    ["neg(sub(x, y))", (b) => b.plain("neg", b.plain("sub", b.x, b.y))],
    ['broadcastTo{"shape":[2,3]}(y)', (b) => b.plain("where", b.x, b.y, b.y)],
    ["greater(x, 0)", number(0)("greater")],
    [
      "mul(relu(x), greater(relu(x), 0))",
      (b) => b.plain("mul", b.plain("relu", b.x), b.plain("greater", b.x, b.scalar(0))),
    ],
  ];
  it.each(cases)("gives %s", (want, build) => expect(after(algebra, build)).toBe(want));
});

describe("joinCommon", () => {
  /** How many nodes two values take: their operands are counted once. */
  const count = (build: (b: Example) => NodeId[]): number => {
    const example = new Example();
    return removeDead(joinCommon(example.graph(build(example), []))).nodes.length - 3;
  };

  it("joins equal operations on equal operands, in either order where that is the same", () => {
    expect(count((b) => [b.plain("exp", b.x), b.plain("exp", b.x)])).toBe(1);
    expect(count((b) => [b.plain("mul", b.x, b.y), b.plain("mul", b.y, b.x)])).toBe(1);
    expect(count((b) => [b.plain("sub", b.x, b.s), b.plain("sub", b.s, b.x)])).toBe(2);
    expect(count((b) => [b.plain("tanh", b.plain("exp", b.x)), b.plain("tanh", b.plain("exp", b.x))])).toBe(2);
  });

  it("joins draws from one key", () => {
    const key = tensor([1, 2], { dtype: "int32" });
    const draw = (b: Example, shape: number[]) => b.op("normal", { shape }, [b.constant(key)]);
    expect(count((b) => [draw(b, [4]), draw(b, [4])])).toBe(2);
    expect(count((b) => [draw(b, [4]), draw(b, [5])])).toBe(3);
  });

  it("tells attributes apart that JSON does not", () => {
    const clamp = (b: Example, high: number) => b.op("clamp", { low: -1, high }, [b.x]);
    expect(count((b) => [clamp(b, Infinity), clamp(b, NaN)])).toBe(2);
    expect(count((b) => [clamp(b, 0), clamp(b, -0)])).toBe(2);
    expect(count((b) => [clamp(b, Infinity), b.op("clamp", { high: Infinity, low: -1 }, [b.x])])).toBe(1);
  });

  it("joins constants of the same bits", () => {
    expect(count((b) => [b.constant(tensor([1, 2])), b.constant(tensor([1, 2]))])).toBe(1);
    expect(count((b) => [b.constant(tensor([1, 0])), b.constant(tensor([1, -0]))])).toBe(2);
  });
});

describe("removeDead", () => {
  it("keeps what is needed in its order, and every input and state", () => {
    const b = new Example();
    const weight = b.source("state", { index: 0, name: "w" }, [3], "float32");
    const unused = b.source("state", { index: 1, name: "v" }, [3], "float32");
    b.plain("exp", b.x);
    const next = b.plain("mul", weight, b.s);
    b.plain("tanh", next);
    const output = b.plain("add", b.y, b.scalar(1));
    const { nodes, outputs, nextState } = removeDead(b.graph([output], [next, unused]));
    expect(nodes.map(({ id, op }) => `${id} ${op}`)).toEqual(
      ["input", "input", "input", "state", "state", "mul", "constant", "add"].map((op, id) => `${id} ${op}`),
    );
    expect([outputs, nextState]).toEqual([[7], [5, 4]]);
    expect(nodes[5].inputs).toEqual([3, 2]);
  });
});
