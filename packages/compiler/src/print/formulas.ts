// Operations as formulas: infix where mathematics writes them so, else as calls with their attributes.

/** A text, and how strongly it holds together: what stands around it may need brackets. */
export interface Formula {
  readonly text: string;
  readonly binding: number;
}

const SUM = 1;
const PRODUCT = 2;
const SIGN = 3;
const ATOM = 4;

const INFIX: Readonly<Record<string, readonly [sign: string, binding: number]>> = {
  add: ["+", SUM],
  sub: ["-", SUM],
  mul: ["*", PRODUCT],
  div: ["/", PRODUCT],
  equal: ["==", 0],
  notEqual: ["!=", 0],
  less: ["<", 0],
  lessEqual: ["<=", 0],
  greater: [">", 0],
  greaterEqual: [">=", 0],
};

/** A name or a number. */
export const atom = (text: string): Formula => ({ text, binding: ATOM });

/** In brackets where it binds less than `least`. */
export const bracketed = ({ text, binding }: Formula, least: number): string => (binding < least ? `(${text})` : text);

/** In brackets where it is a sum. */
export const unlessSum = (formula: Formula): string => bracketed(formula, PRODUCT);

/** An operation on formulas. Floating-point sums are not associative, so brackets stand on the right. */
export function formula(op: string, attributes: unknown, operands: readonly Formula[]): Formula {
  const infix = INFIX[op];
  if (infix !== undefined) {
    const [sign, binding] = infix;
    const [left, right] = [bracketed(operands[0], binding), bracketed(operands[1], binding + 1)];
    return { text: `${left} ${sign} ${right}`, binding };
  }
  if (op === "neg") return { text: `-${bracketed(operands[0], SIGN + 1)}`, binding: SIGN };
  const inner = operands.map(({ text }) => text);
  if (op === "cast") return atom(`${(attributes as { dtype: string }).dtype}(${inner.join()})`);
  return atom(`${op}(${[...inner, ...attributesText(attributes)].join(", ")})`);
}

/** What a listing shows anyway: the shape of the result. */
const SHOWN = new Set(["shape", "keepDims", "image"]);

/** `axis: 0`, one text for each attribute that says more than the shape of the result does. */
export const attributesText = (attributes: unknown): string[] =>
  Object.entries((attributes ?? {}) as object)
    .filter(([name, value]) => !SHOWN.has(name) && value !== false)
    .map(([name, value]) => `${name}: ${plain(value)}`);

function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(", ")}]`;
  if (typeof value !== "object" || value === null) return value === null ? ":" : String(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${name}: ${plain(inner)}`)
    .join(", ")} }`;
}
