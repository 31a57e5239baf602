// The products that are measured: squares, the layers of the paper's autoencoder, and sizes that no tile divides.

import { columnsOf, multiplyAddClass, tileInUse } from "@elbo/tensor/kernels";

/** `[m, k]` by `[k, n]`; TN reads the first operand transposed, NT the second. */
export interface Case {
  readonly name: string;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Cases that are measured in the same rounds as the one that they are compared with, where there is one. */
export interface CaseGroup {
  readonly cases: readonly Case[];
  readonly rounded?: Case;
}

export interface Tile {
  readonly rows: number;
  readonly columns: number;
}

type Form = "NN" | "TN" | "NT";

/** The register tile of the kernel. */
const SHAPE = tileInUse(multiplyAddClass());
const TILE: Tile = { rows: SHAPE.rows, columns: columnsOf(SHAPE) };

function product(m: number, k: number, n: number, form: Form = "NN"): Case {
  const size = m === k && k === n ? `${m}` : `${m}x${k}x${n}`;
  return {
    name: form === "NN" ? size : `${size} ${form}`,
    m,
    k,
    n,
    transposeA: form === "TN",
    transposeB: form === "NT",
  };
}

export const square = (n: number, form: Form = "NN"): Case => product(n, n, n, form);

const up = (x: number, step: number): number => Math.ceil(x / step) * step;

/** The smallest case at least as large whose rows and columns are whole tiles; the depth stays. */
export const roundedUp = ({ m, k, n, transposeA, transposeB }: Case, tile: Tile): Case =>
  product(up(m, tile.rows), k, up(n, tile.columns), transposeA ? "TN" : transposeB ? "NT" : "NN");

const WHOLE: readonly Case[] = [
  ...[256, 512, 1024].map((n) => square(n)),
  ...[512, 1024].flatMap((n) => [square(n, "NT"), square(n, "TN")]),
  product(128, 784, 400),
  product(128, 784, 400, "NT"),
  product(128, 400, 784),
  product(128, 400, 784, "NT"),
  product(784, 128, 400, "TN"),
];

const ODD: readonly Case[] = [
  square(97),
  square(787),
  product(512, 512, 2),
  product(512, 512, 10),
  product(1, 784, 400),
  product(20, 784, 400),
];

/** Odd cases that round up to the same size, with that size. */
function oddGroups(): CaseGroup[] {
  const groups = new Map<string, { readonly cases: Case[]; readonly rounded: Case }>();
  for (const one of ODD) {
    const rounded = roundedUp(one, TILE);
    const group = groups.get(rounded.name) ?? { cases: [], rounded };
    group.cases.push(one);
    groups.set(rounded.name, group);
  }
  return [...groups.values()];
}

export const CASES: readonly CaseGroup[] = [...WHOLE.map((one) => ({ cases: [one] })), ...oddGroups()];
