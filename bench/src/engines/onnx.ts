// ONNX models of one node, in the protocol buffers' wire format: enough of it to ask a runtime for one operation.

type Bytes = readonly number[];

const varint = (x: number): Bytes => (x < 0x80 ? [x] : [(x % 0x80) | 0x80, ...varint(Math.floor(x / 0x80))]);
const whole = (field: number, x: number): Bytes => [...varint(field * 8), ...varint(x)];
const block = (field: number, bytes: Bytes): Bytes => [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
const text = (field: number, x: string): Bytes => block(field, [...new TextEncoder().encode(x)]);

/** TensorProto.DataType. */
const FLOAT = 1;
/** AttributeProto.AttributeType. */
const [INT, INTS] = [2, 7];
const IR_VERSION = 8;
const OPSET = 17;

/** ValueInfoProto: a float32 tensor of this shape. */
const value = (name: string, shape: readonly number[]): Bytes => {
  const dimensions = shape.flatMap((size) => block(1, whole(1, size)));
  return [...text(1, name), ...block(2, block(1, [...whole(1, FLOAT), ...block(2, dimensions)]))];
};

/** AttributeProto. */
const attribute = (name: string, x: number | readonly number[]): Bytes => [
  ...text(1, name),
  ...(typeof x === "number"
    ? [...whole(3, x), ...whole(20, INT)]
    : [...x.flatMap((v) => whole(8, v)), ...whole(20, INTS)]),
];

export interface OneNode {
  readonly op: string;
  /** Shapes of `x0`, `x1`, ... */
  readonly inputs: readonly (readonly number[])[];
  /** Shape of `y`. */
  readonly output: readonly number[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** ModelProto (onnx.proto, fields by number): one node from `x0`, `x1`, ... to `y`. */
export function oneNodeModel({ op, inputs, output, attributes = {} }: OneNode): Uint8Array {
  const node = [
    ...inputs.flatMap((_, i) => text(1, `x${i}`)),
    ...text(2, "y"),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, x]) => block(5, attribute(name, x))),
  ];
  const graph = [
    ...block(1, node),
    ...text(2, op),
    ...inputs.flatMap((shape, i) => block(11, value(`x${i}`, shape))),
    ...block(12, value("y", output)),
  ];
  return Uint8Array.from([...whole(1, IR_VERSION), ...block(7, graph), ...block(8, whole(2, OPSET))]);
}
