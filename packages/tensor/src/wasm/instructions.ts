// The instructions that Elbo's kernels are written in, as typed functions: a wrong operand does not compile.
// Source of the opcodes: WebAssembly core specification 3.0, "Index of Instructions"; threads proposal for the atomics.

import { type Code, type Expression, float32Bytes, signed, type Statement, unsigned, type ValueType } from "./code.js";

type Operands<P extends readonly ValueType[]> = { readonly [K in keyof P]: Expression<P[K]> };

/** An instruction with operands and a result. */
const instruction =
  <const P extends readonly ValueType[], R extends ValueType | "none">(opcode: Code, _operands: P, result: R) =>
  (...operands: Operands<P>): Expression<R> => ({ type: result, code: [operands.map(({ code }) => code), opcode] });

const vector = (opcode: number): Code => [0xfd, unsigned(opcode)];
const atomic = (opcode: number): Code => [0xfe, unsigned(opcode)];

const constant = <T extends ValueType>(type: T, opcode: number, bytes: readonly number[]): Expression<T> => ({
  type,
  code: [opcode, bytes],
});

/** Reads `type` at `address + offset`; `alignment` is the logarithm of the bytes that the address is a multiple of. */
const load =
  <T extends ValueType>(type: T, opcode: Code, alignment: number) =>
  (address: Expression<"i32">, offset = 0): Expression<T> => ({
    type,
    code: [address.code, opcode, alignment, unsigned(offset)],
  });

const store =
  <T extends ValueType>(_type: T, opcode: Code, alignment: number) =>
  (address: Expression<"i32">, value: Expression<T>, offset = 0): Statement => ({
    type: "none",
    code: [address.code, value.code, opcode, alignment, unsigned(offset)],
  });

const binary = <T extends ValueType>(type: T, opcode: Code) => instruction(opcode, [type, type], type);
const unary = <T extends ValueType>(type: T, opcode: Code) => instruction(opcode, [type], type);
const compare = <T extends ValueType>(type: T, opcode: Code) => instruction(opcode, [type, type], "i32");
const readModifyWrite = (opcode: number) => instruction([atomic(opcode), ALIGN4, 0], ["i32", "i32"], "i32");

/** Only as hints: no kernel needs aligned addresses, except the atomics. */
const ALIGN4 = 2;
const ALIGN1 = 0;

/** One 32-bit integer: a number, an address or a truth value. */
export const i32 = {
  const: (value: number): Expression<"i32"> => constant("i32", 0x41, signed(value | 0)),
  load: load("i32", 0x28, ALIGN4),
  store: store("i32", 0x36, ALIGN4),
  eqz: unary("i32", 0x45),
  eq: compare("i32", 0x46),
  ne: compare("i32", 0x47),
  ltS: compare("i32", 0x48),
  ltU: compare("i32", 0x49),
  gtS: compare("i32", 0x4a),
  leS: compare("i32", 0x4c),
  geS: compare("i32", 0x4e),
  geU: compare("i32", 0x4f),
  add: binary("i32", 0x6a),
  sub: binary("i32", 0x6b),
  mul: binary("i32", 0x6c),
  divU: binary("i32", 0x6e),
  remU: binary("i32", 0x70),
  and: binary("i32", 0x71),
  or: binary("i32", 0x72),
  xor: binary("i32", 0x73),
  shl: binary("i32", 0x74),
  shrS: binary("i32", 0x75),
  shrU: binary("i32", 0x76),
  rotl: binary("i32", 0x77),
  /** The first where the condition is not 0, else the second. */
  select: instruction(0x1b, ["i32", "i32", "i32"], "i32"),
  atomicLoad: load("i32", atomic(0x10), ALIGN4),
  atomicStore: store("i32", atomic(0x17), ALIGN4),
  /** Adds to the word at an address; gives what was there. */
  atomicAdd: readModifyWrite(0x1e),
  atomicExchange: readModifyWrite(0x41),
  /** Address, expected, replacement: replaces where the word is as expected; gives what was there. */
  atomicCompareExchange: instruction([atomic(0x48), ALIGN4, 0], ["i32", "i32", "i32"], "i32"),
  /** Address, expected, nanoseconds (i64): sleeps while the word is as expected; 0 woken, 1 not equal, 2 timed out. */
  atomicWait: instruction([atomic(0x01), ALIGN4, 0], ["i32", "i32", "i64"], "i32"),
  /** Address, count: wakes sleepers; gives how many. */
  atomicNotify: instruction([atomic(0x00), ALIGN4, 0], ["i32", "i32"], "i32"),
} as const;

/** Leaves a 32-bit result aside: for what is called for its effect. */
export const drop = instruction(0x1a, ["i32"], "none");

/** One 64-bit integer, as far as copies and time limits need it. */
export const i64 = {
  const: (value: number): Expression<"i64"> => constant("i64", 0x42, signed(value)),
  load: load("i64", 0x29, ALIGN1),
  store: store("i64", 0x37, ALIGN1),
  mul: binary("i64", 0x7e),
  /** A 32-bit integer with its sign. */
  extendI32S: instruction(0xac, ["i32"], "i64"),
} as const;

/** One float32. */
export const f32 = {
  const: (value: number): Expression<"f32"> => constant("f32", 0x43, float32Bytes(value)),
  load: load("f32", 0x2a, ALIGN4),
  store: store("f32", 0x38, ALIGN4),
  ne: compare("f32", 0x5c),
  lt: compare("f32", 0x5d),
  gt: compare("f32", 0x5e),
  add: binary("f32", 0x92),
  mul: binary("f32", 0x94),
  min: binary("f32", 0x96),
  max: binary("f32", 0x97),
} as const;

/** Four float32 in one register. Comparisons give a mask: all bits of a lane set, or none. */
export const f32x4 = {
  splat: instruction(vector(0x13), ["f32"], "v128"),
  extractLane: (lane: number) => instruction([vector(0x1f), lane], ["v128"], "f32"),
  eq: binary("v128", vector(0x41)),
  lt: binary("v128", vector(0x43)),
  le: binary("v128", vector(0x45)),
  floor: unary("v128", vector(0x68)),
  nearest: unary("v128", vector(0x6a)),
  abs: unary("v128", vector(0xe0)),
  neg: unary("v128", vector(0xe1)),
  sqrt: unary("v128", vector(0xe3)),
  add: binary("v128", vector(0xe4)),
  sub: binary("v128", vector(0xe5)),
  mul: binary("v128", vector(0xe6)),
  div: binary("v128", vector(0xe7)),
  min: binary("v128", vector(0xe8)),
  max: binary("v128", vector(0xe9)),
  /** `y < x ? y : x` and `x < y ? y : x`. */
  pmin: binary("v128", vector(0xea)),
  pmax: binary("v128", vector(0xeb)),
  /** Lanes of signed 32-bit integers as floats. */
  convertI32x4: unary("v128", vector(0xfa)),
  /** The two float64 as the first two float32; the others are 0. */
  demoteF64x2: unary("v128", vector(0x5e)),
  /** x y + z, rounded once where the platform can, else twice: the platform's choice, one for all lanes. */
  relaxedMultiplyAdd: instruction(vector(0x105), ["v128", "v128", "v128"], "v128"),
} as const;

/** Two float64 in one register. */
export const f64x2 = {
  nearest: unary("v128", vector(0x94)),
  /** The first two float32. */
  promoteLow: unary("v128", vector(0x5f)),
  add: binary("v128", vector(0xf0)),
  sub: binary("v128", vector(0xf1)),
  mul: binary("v128", vector(0xf2)),
  /** The first two lanes of unsigned 32-bit integers. */
  convertLowU32x4: unary("v128", vector(0xff)),
} as const;

/** Four 32-bit integers in one register. */
export const i32x4 = {
  splat: instruction(vector(0x11), ["i32"], "v128"),
  eq: binary("v128", vector(0x37)),
  shl: instruction(vector(0xab), ["v128", "i32"], "v128"),
  shrS: instruction(vector(0xac), ["v128", "i32"], "v128"),
  shrU: instruction(vector(0xad), ["v128", "i32"], "v128"),
  add: binary("v128", vector(0xae)),
  sub: binary("v128", vector(0xb1)),
  /** Lanes of floats towards zero; NaN becomes 0, what is too large the nearest integer. */
  truncateF32x4: unary("v128", vector(0xf8)),
} as const;

/** Two 64-bit integers in one register, as products of lanes of 32 bits. */
export const i64x2 = {
  /** The first two lanes of unsigned 32-bit integers, multiplied in full. */
  multiplyLowU32x4: binary("v128", vector(0xde)),
  /** The last two lanes. */
  multiplyHighU32x4: binary("v128", vector(0xdf)),
} as const;

/** 128 bits, whatever they mean. */
export const v128 = {
  load: load("v128", vector(0x00), ALIGN4),
  /** One float32 into all four lanes. */
  load32Splat: load("v128", vector(0x09), ALIGN4),
  store: store("v128", vector(0x0b), ALIGN4),
  /** Stores the first 64 bits. */
  storeLow64: (address: Expression<"i32">, value: Expression<"v128">, offset = 0): Statement => ({
    type: "none",
    code: [address.code, value.code, vector(0x5b), ALIGN4, unsigned(offset), 0],
  }),
  /** Four lanes of the same float, or of the same 32 bits. */
  ofFloat: (value: number): Expression<"v128"> => sixteenBytes(repeat4(float32Bytes(value))),
  ofInt: (value: number): Expression<"v128"> => sixteenBytes(repeat4([...new Uint8Array(Int32Array.of(value).buffer)])),
  /** Any lanes, given by an array of 16 bytes. */
  of: (lanes: Int32Array | Float32Array | Float64Array): Expression<"v128"> =>
    sixteenBytes([...new Uint8Array(lanes.buffer, lanes.byteOffset, 16)]),
  /** Picks four 32-bit lanes out of eight: 0 to 3 of x, 4 to 7 of y. */
  shuffle: (
    x: Expression<"v128">,
    y: Expression<"v128">,
    lanes: readonly [number, number, number, number],
  ): Expression<"v128"> => ({
    type: "v128",
    code: [x.code, y.code, vector(0x0d), lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte))],
  }),
  not: unary("v128", vector(0x4d)),
  and: binary("v128", vector(0x4e)),
  /** Bits of the first that are not set in the second. */
  andNot: binary("v128", vector(0x4f)),
  or: binary("v128", vector(0x50)),
  xor: binary("v128", vector(0x51)),
  /** Bits of the first where the mask is set, of the second where not. */
  bitselect: instruction(vector(0x52), ["v128", "v128", "v128"], "v128"),
  /** The same where every lane of the mask is all ones or all zeros: one instruction instead of three; relaxed SIMD. */
  relaxedLaneselect: instruction(vector(0x10b), ["v128", "v128", "v128"], "v128"),
} as const;

/** Bulk operations on the memory: each is one instruction. */
export const memory = {
  /** To, from, bytes; the ranges may overlap. */
  copy: instruction([0xfc, 0x0a, 0x00, 0x00], ["i32", "i32", "i32"], "none"),
  /** To, byte, bytes. */
  fill: instruction([0xfc, 0x0b, 0x00], ["i32", "i32", "i32"], "none"),
  /** Orders what other threads see. */
  fence: instruction([atomic(0x03), 0x00], [], "none"),
} as const;

const repeat4 = (bytes: readonly number[]): number[] => [...bytes, ...bytes, ...bytes, ...bytes];
const sixteenBytes = (bytes: readonly number[]): Expression<"v128"> => constant16([vector(0x0c), [...bytes]]);
const constant16 = (code: Code): Expression<"v128"> => ({ type: "v128", code });
