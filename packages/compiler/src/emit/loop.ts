// One pass of a fused loop as WebAssembly SIMD: rows, then columns in groups of vectors, then what is left of a row.

import {
  countUp,
  type Expression,
  f32,
  f32x4,
  i32,
  type Local,
  type ModuleBuilder,
  type Scope,
  type Statement,
  type Vectors,
  v128,
  type WasmFunction,
  when,
  writeLanes,
} from "@elbo/tensor/kernels";
import type { LoopKernel, Operand } from "../fuse/kernels.js";
import type { Reading } from "../fuse/layout.js";
import { instructionsOf } from "../fuse/length.js";
import { type Constant, type Graph, isImmediate, type NodeId } from "../graph/graph.js";
import { BLOCK, blocksOf, LANES, loopShape, type LoopShape, nameOf, paddedColumns } from "../plan/loop-shape.js";
import { foldTree, foldingStep, identityOf } from "./folding.js";
import { addressAt, placesOf } from "./rows.js";
import { computeSteps } from "./steps.js";

/** First row, end of rows, first column, end of columns (cut at multiples of 4), where a passing product has its rows. */
export const PASS = ["i32", "i32", "i32", "i32", "i32"] as const;
export type PassFunction = WasmFunction<typeof PASS, "none">;

/** Where a loop finds and leaves things. */
export interface LoopPlaces {
  readonly graph: Graph;
  address(id: NodeId): number;
  /** Where fold number `f` puts its results, and its lanes. */
  foldResult(f: number): number;
  foldLanes(f: number): number;
  /** The product of which only the rows of the pass are there. */
  readonly passing?: NodeId;
}

type Vector = Expression<"v128">;
const BYTES = 4;
const zero = i32.const(0);

/** Beyond so many steps fewer vectors side by side do better: code of that length hides latency itself. */
const LONG = 100;

/**
 * Defines the pass of a loop over part of its rectangle. Folds of rows put the result of each block of 1024 columns
 * where `foldResult` says, row after row; they need all columns. Folds of columns are left in lanes: lane j of 16 holds
 * the fold of rows j, j + 16, ...
 */
export function definePass(
  builder: ModuleBuilder,
  name: string,
  loop: LoopKernel,
  places: LoopPlaces,
  asProduct = false,
): PassFunction {
  return builder.define(name, PASS, "none", (scope, row0, row1, column0, column1, passing) =>
    new Pass(scope, loop, loopShape(loop, asProduct), places, { row0, passing }).statements(row1, column0, column1),
  );
}

/** The first row of a pass, and where the rows of a passing product begin. */
interface PassStart {
  readonly row0: Local<"i32">;
  readonly passing: Local<"i32">;
}

class Pass {
  readonly #scope: Scope;
  readonly #loop: LoopKernel;
  readonly #shape: LoopShape;
  readonly #places: LoopPlaces;
  readonly #start: PassStart;
  /** The byte offset of the first column of a group. */
  readonly #at: Local<"i32">;
  readonly #row: Local<"i32">;
  readonly #reads = new Map<
    string,
    { readonly pointer: Local<"i32">; readonly splat: Local<"v128"> | null; readonly stride: number }
  >();
  readonly #stores = new Map<NodeId, Local<"i32">>();
  readonly #lanePointers: readonly Local<"i32">[];
  /** For folds of rows: 16 lanes for each fold. */
  readonly #lanes: readonly (readonly Local<"v128">[])[];
  /** To be run once, before the rows. */
  readonly #constants: Statement[] = [];

  constructor(scope: Scope, loop: LoopKernel, shape: LoopShape, places: LoopPlaces, start: PassStart) {
    this.#start = start;
    this.#scope = scope;
    this.#loop = loop;
    this.#shape = shape;
    this.#places = places;
    this.#at = scope.local("i32");
    this.#row = scope.local("i32");
    shape.readings.forEach((reading, k) => {
      if (isImmediate(places.graph.nodes[reading.base])) return;
      const stride = shape.columnStrides[k];
      const splat = stride === 0 ? scope.local("v128") : null;
      this.#reads.set(nameOf(reading), { pointer: scope.local("i32"), splat, stride });
    });
    for (const node of loop.stores) this.#stores.set(node, scope.local("i32"));
    this.#lanePointers = loop.fold === "columns" ? loop.folds.map(() => scope.local("i32")) : [];
    this.#lanes =
      loop.fold === "rows" ? loop.folds.map(() => Array.from({ length: LANES / 4 }, () => scope.local("v128"))) : [];
  }

  statements(row1: Local<"i32">, column0: Local<"i32">, column1: Local<"i32">): Statement[] {
    const columns = this.#loop.fold === "rows" ? this.#foldedRow() : this.#columnsOfRow(column0, column1);
    const rows = countUp(this.#row, this.#start.row0, row1, i32.const(1), [...this.#beginRow(), ...columns]);
    return [...this.#constants, rows];
  }

  /** How many vectors take each step side by side. */
  get #vectors(): number {
    return this.#stepCount() > LONG ? 2 : 4;
  }

  /** Groups of vectors as long as there are whole ones, then vector by vector, then the last columns. */
  #columnsOfRow(column0: Local<"i32">, column1: Local<"i32">): Statement[] {
    const group = 16 * this.#vectors;
    const end = this.#scope.local("i32");
    const bytes = i32.shl(i32.sub(column1, column0), i32.const(2));
    const lanes = this.#shape.columns % 4;
    return [
      this.#at.set(i32.shl(column0, i32.const(2))),
      end.set(i32.add(this.#at, i32.and(bytes, i32.const(-group)))),
      countUp(this.#at, this.#at, end, i32.const(group), this.#chunk(this.#vectors, 0, 4 * this.#vectors)),
      end.set(i32.and(i32.shl(column1, i32.const(2)), i32.const(-16))),
      countUp(this.#at, this.#at, end, i32.const(16), this.#chunk(1, 0, 4)),
      ...(lanes === 0 ? [] : [when(i32.eq(column1, i32.const(this.#shape.columns)), this.#chunk(1, 0, lanes))]),
    ];
  }

  #stepCount(): number {
    return this.#loop.steps.reduce((sum, { op }) => sum + instructionsOf(op), 0);
  }

  /** Pointers to the row, and the numbers that are the same in all of its columns. */
  #beginRow(): Statement[] {
    const { rows, readings } = this.#shape;
    const { places, statements } = placesOf(this.#scope, this.#row, rows.lengths);
    const pointers = readings.flatMap((reading, k): Statement[] => {
      const read = this.#reads.get(nameOf(reading));
      if (read === undefined) return [];
      const address = this.#places.address(reading.base) + BYTES * reading.offset;
      const set = read.pointer.set(
        reading.base === this.#places.passing
          ? i32.add(
              this.#start.passing,
              i32.mul(i32.sub(this.#row, this.#start.row0), i32.const(BYTES * this.#shape.columns)),
            )
          : addressAt(address, places, rows.strides[k]),
      );
      return read.splat === null ? [set] : [set, read.splat.set(v128.load32Splat(read.pointer))];
    });
    const dense = rows.strides[readings.length];
    const stores = [...this.#stores].map(([node, pointer]) =>
      pointer.set(addressAt(this.#places.address(node), places, dense)),
    );
    const lane = i32.and(this.#row, i32.const(LANES - 1));
    const lanes = this.#lanePointers.map((pointer, f) =>
      pointer.set(
        i32.add(
          i32.const(this.#places.foldLanes(f)),
          i32.mul(lane, i32.const(BYTES * paddedColumns(this.#shape.columns))),
        ),
      ),
    );
    return [...statements, ...pointers, ...stores, ...lanes];
  }

  /** A row that is folded: block by block into lanes, each block's lanes as a tree into one number. */
  #foldedRow(): Statement[] {
    const end = this.#scope.local("i32");
    const wholeBytes = BYTES * Math.floor(this.#shape.columns / LANES) * LANES;
    const main = this.#chunks(LANES);
    const tail = this.#chunks(this.#shape.columns % LANES);
    const { columns } = this.#shape;
    const blocks = blocksOf(columns);
    const block = this.#scope.local("i32");
    const blockBytes = i32.const(BYTES * BLOCK);
    const begin = this.#loop.folds.flatMap(({ folding }, f) =>
      this.#lanes[f].map((lane) => lane.set(v128.ofFloat(identityOf(folding)))),
    );
    const result = (f: number): Expression<"i32"> =>
      i32.add(
        i32.add(i32.const(this.#places.foldResult(f)), i32.mul(this.#row, i32.const(BYTES * blocks))),
        blocks === 1 ? zero : i32.shl(block, i32.const(2)),
      );
    const finish = this.#loop.folds.flatMap(({ folding }, f) => {
      const { statements, value } = foldTree(folding, this.#lanes[f]);
      return [...statements, f32.store(result(f), f32x4.extractLane(0)(value))];
    });
    const from = blocks === 1 ? zero : i32.mul(block, blockBytes);
    const body = [
      ...begin,
      end.set(blocks === 1 ? i32.const(wholeBytes) : i32.add(from, blockBytes)),
      ...(blocks === 1 ? [] : [end.set(i32.select(end, i32.const(wholeBytes), i32.ltS(end, i32.const(wholeBytes))))]),
      countUp(this.#at, from, end, i32.const(BYTES * LANES), main),
      ...(tail.length === 0
        ? []
        : [when(i32.eq(block, i32.const(blocks - 1)), [this.#at.set(i32.const(wholeBytes)), ...tail])]),
      ...finish,
    ];
    if (blocks === 1) return [block.set(zero), ...body];
    return [countUp(block, zero, i32.const(blocks), i32.const(1), body)];
  }

  /** So many columns, from those at `at` on: one for each of the 16 lanes of a fold, or fewer. */
  #chunks(columns: number): Statement[] {
    const width = 4 * this.#vectors;
    const statements: Statement[] = [];
    for (let from = 0; from < columns; from += width) {
      const lanes = Math.min(width, columns - from);
      statements.push(...this.#chunk(Math.ceil(lanes / 4), from / 4, lanes));
    }
    return statements;
  }

  /** So many vectors side by side, the first of them `first` vectors after `at`; the last may have fewer than four lanes. */
  #chunk(count: number, first: number, lanes: number): Statement[] {
    const loads: Statement[] = [];
    const loaded = new Map<string, Vectors>();
    const { graph } = this.#places;
    const isInteger = (from: Operand): boolean =>
      graph.nodes["step" in from ? from.step : from.base]?.dtype === "int32";
    const stored = this.#loop.stores;
    const sources = this.#loop.folds.map((fold) => fold.source);
    const { constants, statements, result } = writeLanes(this.#scope, count, (s) => {
      const operand = (from: Operand): Vectors => {
        const reading = from as Reading;
        const node = graph.nodes[reading.base];
        if (isImmediate(node)) {
          const value = (node.attributes as Constant).tensor.item();
          return node.dtype === "int32" ? s.int(value) : s.float(value);
        }
        const name = nameOf(reading);
        let vectors = loaded.get(name);
        if (vectors === undefined) loaded.set(name, (vectors = this.#load(name, count, first, lanes, loads)));
        return vectors;
      };
      const values = computeSteps<Vectors>(s, this.#loop.steps, operand, isInteger, graph);
      const valueOf = (from: Operand): Vectors => ("step" in from ? values.get(from.step)! : operand(from));
      return [...stored.map((node) => values.get(node)!), ...sources.map(valueOf)].flat();
    });
    this.#constants.push(...constants);
    const vectorsOf = (i: number): Vectors => result.slice(i * count, (i + 1) * count);
    return [
      ...loads,
      ...statements,
      ...stored.flatMap((node, i) => this.#store(this.#stores.get(node)!, vectorsOf(i), first, lanes)),
      ...this.#loop.folds.flatMap((_, f) => this.#fold(f, vectorsOf(stored.length + f), first, lanes)),
    ];
  }

  #load(name: string, count: number, first: number, lanes: number, loads: Statement[]): Vectors {
    const { pointer, splat, stride } = this.#reads.get(name)!;
    if (splat !== null) return Array.from({ length: count }, () => splat);
    return Array.from({ length: count }, (_, v) => {
      const local = this.#scope.local("v128");
      const column = 4 * (first + v);
      const present = Math.min(4, lanes - 4 * v);
      loads.push(
        local.set(
          stride === 1
            ? v128.load(i32.add(pointer, this.#at), BYTES * column)
            : gathered(i32.add(pointer, i32.mul(this.#at, i32.const(stride))), stride, column, present),
        ),
      );
      return local;
    });
  }

  #store(pointer: Local<"i32">, vectors: Vectors, first: number, lanes: number): Statement[] {
    const address = i32.add(pointer, this.#at);
    return vectors.flatMap((vector, v) => {
      const offset = 16 * (first + v);
      const present = Math.min(4, lanes - 4 * v);
      if (present === 4) return [v128.store(address, vector, offset)];
      return Array.from({ length: present }, (_, lane) =>
        f32.store(address, f32x4.extractLane(lane)(vector), offset + BYTES * lane),
      );
    });
  }

  #fold(f: number, vectors: Vectors, first: number, lanes: number): Statement[] {
    const { folding } = this.#loop.folds[f];
    const step = foldingStep(folding);
    return vectors.map((vector, v) => {
      if (this.#loop.fold === "columns") {
        const address = i32.add(this.#lanePointers[f], this.#at);
        const offset = 16 * (first + v);
        return v128.store(address, step(v128.load(address, offset), vector), offset);
      }
      const lane = this.#lanes[f][(first + v) % (LANES / 4)];
      // Folding the identity into a lane changes nothing: a sum that began from 0 is never -0.
      return lane.set(step(lane, masked(vector, lanes - 4 * v, identityOf(folding))));
    });
  }
}

/** Four numbers that stand apart; lanes that are not there repeat the first. */
function gathered(address: Expression<"i32">, stride: number, column: number, present: number): Vector {
  const lane = (l: number): Vector =>
    v128.load32Splat(i32.add(address, i32.const(BYTES * stride * (column + (l < present ? l : 0)))));
  const [low, high] = [v128.shuffle(lane(0), lane(1), [0, 4, 0, 4]), v128.shuffle(lane(2), lane(3), [0, 4, 0, 4])];
  return v128.shuffle(low, high, [0, 1, 4, 5]);
}

/** The first lanes of a vector, the others a number. */
function masked(vector: Vector, present: number, other: number): Vector {
  if (present >= 4) return vector;
  const mask = Int32Array.from({ length: 4 }, (_, lane) => (lane < present ? -1 : 0));
  return v128.bitselect(vector, v128.ofFloat(other), v128.of(mask));
}
