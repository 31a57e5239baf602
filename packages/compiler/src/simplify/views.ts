// Views that change nothing go, and views of views join: elements move, and none of them changes.

import { sameShape, type Shape, sizeOf } from "@elbo/tensor";
import type { GraphBuilder } from "../graph/builder.js";
import { type Graph, isImmediate, type Node, type NodeId } from "../graph/graph.js";
import { addsLeadingOnes, attributesOf } from "./inspect.js";
import { rewrite, type Rule } from "./rewrite.js";

/** Shorter chains of `reshape`, `transpose`, `broadcastTo` and `cast`; products read transposed operands by flags. */
export const joinViews = (graph: Graph): Graph =>
  rewrite(graph, (node, operands, builder) => RULES[node.op]?.(node, operands, builder));

/** Axes of length 1 in front are what broadcasting adds by itself: a reduction need not keep them. */
const reduction =
  (op: "sum" | "max" | "min"): Rule =>
  (node, operands, builder) => {
    const { axes, keepDims } = attributesOf(node, op);
    if (!keepDims || !axes.every((axis, i) => axis === i)) return undefined;
    return reshape(builder, builder.op(op, { axes, keepDims: false }, operands), node.shape);
  };

const RULES: Readonly<Record<string, Rule | undefined>> = {
  cast: (node, [x], builder) => (builder.nodes[x].dtype === node.dtype ? x : undefined),

  reshape: (node, [id], builder) => {
    const x = builder.nodes[id];
    if (sameShape(x.shape, node.shape)) return id;
    return x.op === "reshape" ? reshape(builder, x.inputs[0], node.shape) : stretchedAgain(builder, x, node.shape);
  },

  transpose: (node, [id], builder) => {
    const x = builder.nodes[id];
    const [source, axes] = wholeTranspose(node, x);
    if (keepsOrder(axes, builder.nodes[source].shape)) return reshape(builder, source, node.shape);
    return source === id ? stretchedAgain(builder, x, node.shape) : builder.op("transpose", { axes }, [source]);
  },

  broadcastTo: (node, [id], builder) => {
    const x = builder.nodes[id];
    if (sameShape(x.shape, node.shape)) return id;
    const source = x.op === "broadcastTo" || leads(builder, x) ? x.inputs[0] : id;
    // A number keeps the form that `GraphBuilder.constant` gives it.
    if (!isImmediate(builder.nodes[source]) && addsLeadingOnes(builder.nodes[source].shape, node.shape)) {
      return reshape(builder, source, node.shape);
    }
    return source === id ? undefined : builder.op("broadcastTo", { shape: node.shape }, [source]);
  },

  sum: reduction("sum"),
  max: reduction("max"),
  min: reduction("min"),

  matmul: (node, operands, builder) => {
    const swapped = operands.map((id) => swapsMatrix(builder.nodes[id]));
    if (!swapped.includes(true)) return undefined;
    const { transposeA, transposeB } = attributesOf(node, "matmul");
    return builder.op(
      "matmul",
      { transposeA: transposeA !== swapped[0], transposeB: transposeB !== swapped[1] },
      operands.map((id, i) => (swapped[i] ? builder.nodes[id].inputs[0] : id)),
    );
  },
};

/** The operand in another shape; a reshape of it is looked through. */
function reshape(builder: GraphBuilder, id: NodeId, shape: Shape): NodeId {
  const x = builder.nodes[id];
  if (sameShape(x.shape, shape)) return id;
  return builder.op("reshape", { shape }, [x.op === "reshape" ? x.inputs[0] : id]);
}

/** One number stretched to a shape, then moved: the number stretched to the shape that it moves to. */
function stretchedAgain(builder: GraphBuilder, x: Node, shape: Shape): NodeId | undefined {
  if (x.op !== "broadcastTo" || sizeOf(builder.nodes[x.inputs[0]].shape) !== 1) return undefined;
  return builder.op("broadcastTo", { shape }, [reshape(builder, x.inputs[0], [])]);
}

/** What is transposed in the end, and how. */
function wholeTranspose(node: Node, x: Node): [source: NodeId, axes: readonly number[]] {
  const { axes } = attributesOf(node, "transpose");
  if (x.op !== "transpose") return [x.id, axes];
  const inner = attributesOf(x, "transpose").axes;
  return [x.inputs[0], axes.map((axis) => inner[axis])];
}

/** True where a transpose leaves the elements in row-major order: axes of length 1 do not count. */
function keepsOrder(axes: readonly number[], shape: Shape): boolean {
  const long = axes.filter((axis) => shape[axis] !== 1);
  return long.every((axis, i) => i === 0 || long[i - 1] < axis);
}

/** A reshape that adds axes of length 1 in front, as broadcasting does by itself. */
const leads = (builder: GraphBuilder, x: Node): boolean =>
  x.op === "reshape" && addsLeadingOnes(builder.nodes[x.inputs[0]].shape, x.shape);

/** True for a transpose of the last two axes. */
function swapsMatrix(x: Node): boolean {
  if (x.op !== "transpose") return false;
  const { axes } = attributesOf(x, "transpose");
  const last = axes.length - 1;
  return last > 0 && axes.every((axis, i) => axis === (i === last ? last - 1 : i === last - 1 ? last : i));
}
