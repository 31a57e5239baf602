// Packing: copies a block of a matrix, whatever its strides, into panels that the micro-kernel reads front to back.

import type { Expression, Local, Statement } from "../wasm/code.js";
import { block, branch, branchIf, countUp, loop, when } from "../wasm/control.js";
import { f32, i32, memory, v128 } from "../wasm/instructions.js";
import type { ModuleBuilder, Scope, WasmFunction } from "../wasm/module.js";

/** From, bytes between lines, bytes between steps, lines, steps, to. */
export type Packer = WasmFunction<["i32", "i32", "i32", "i32", "i32", "i32"], "none">;

/** A packer may read and write this many bytes beyond its operands: a vector where one number was asked for. */
export const SLACK = 16;

/**
 * Defines the packer of panels of `width` lines (rows of A, columns of B): number (line, step) goes to panel
 * `line / width`, at `step * width + line % width` of it. Lines beyond the last are zeros, so that no stray NaN or
 * subnormal slows the tile; their products are never stored.
 */
export function definePacker(builder: ModuleBuilder, name: string, width: number): Packer {
  return builder.define(
    name,
    ["i32", "i32", "i32", "i32", "i32", "i32"],
    "none",
    (scope, from, lineBytes, stepBytes, lines, steps, to) => {
      const line = scope.local("i32");
      const panelBytes = scope.local("i32");
      const source = scope.local("i32");
      const context: Panels = { scope, width, source, to, panelBytes, lineBytes, stepBytes, steps };
      const left = i32.sub(lines, line);
      const advance: readonly Statement[] = [
        line.set(i32.add(line, i32.const(width))),
        to.set(i32.add(to, panelBytes)),
        source.set(i32.add(source, i32.mul(lineBytes, i32.const(width)))),
      ];
      const whileLeft = (body: readonly Statement[]): Statement =>
        block((end) => [
          loop((again) => [branchIf(end, i32.ltS(left, i32.const(width))), ...body, ...advance, branch(again)]),
        ]);
      return [
        panelBytes.set(i32.mul(steps, i32.const(4 * width))),
        source.set(from),
        when(i32.eq(lineBytes, i32.const(4)), linesTogether(context, lines, line), [
          when(
            i32.eq(stepBytes, i32.const(4)),
            [whileLeft(stepsTogether(context))],
            [whileLeft(eachLine(context, i32.const(width)))],
          ),
        ]),
        when(i32.gtS(left, i32.const(0)), [memory.fill(to, i32.const(0), panelBytes), ...eachLine(context, left)]),
      ];
    },
  );
}

/** A panel to fill: the number at `source + line * lineBytes + step * stepBytes` goes to `to + 4 (step * width + line)`. */
interface Panels {
  readonly scope: Scope;
  readonly width: number;
  readonly source: Local<"i32">;
  readonly to: Local<"i32">;
  /** From one panel to the next. */
  readonly panelBytes: Local<"i32">;
  readonly lineBytes: Local<"i32">;
  readonly stepBytes: Local<"i32">;
  readonly steps: Local<"i32">;
}

/**
 * The lines of a step lie side by side: step by step, `width` numbers into each of the whole panels. Memory is read from
 * front to back, which is what fetches ahead; all panels but the last lines are done afterwards.
 */
function linesTogether(
  { scope, width, source, to, panelBytes, lineBytes, stepBytes, steps }: Panels,
  lines: Local<"i32">,
  line: Local<"i32">,
): Statement[] {
  const [at, put, k, p, panels] = Array.from({ length: 5 }, () => scope.local("i32"));
  const vectors = Math.ceil(width / 4);
  const ragged = width % 4 !== 0;
  const whole = Array.from({ length: vectors }, (_, v) => v128.store(put, v128.load(at, 16 * v), 16 * v));
  const exact = Array.from({ length: width }, (_, l) => f32.store(put, f32.load(at, 4 * l), 4 * l));
  /** One step into every panel. */
  const step = (copy: readonly Statement[]): Statement[] => [
    at.set(i32.add(source, i32.mul(k, stepBytes))),
    put.set(i32.add(to, i32.mul(k, i32.const(4 * width)))),
    countUp(p, i32.const(0), panels, i32.const(1), [
      ...copy,
      at.set(i32.add(at, i32.const(4 * width))),
      put.set(i32.add(put, panelBytes)),
    ]),
  ];
  const last = i32.sub(steps, i32.const(1));
  return [
    panels.set(i32.divU(lines, i32.const(width))),
    // The last vector may reach into the next step, which is written later; after the last step stands the next panel.
    countUp(k, i32.const(0), ragged ? last : steps, i32.const(1), step(whole)),
    ...(ragged ? [when(i32.gtS(steps, i32.const(0)), [k.set(last), ...step(exact)])] : []),
    line.set(i32.mul(panels, i32.const(width))),
    to.set(i32.add(to, i32.mul(panelBytes, panels))),
    source.set(i32.add(source, i32.mul(lineBytes, line))),
  ];
}

/** The steps of a line lie side by side: squares of four lines by four steps are transposed in registers. */
function stepsTogether(panel: Panels): Statement[] {
  const { scope, width, source, to, lineBytes, steps } = panel;
  const k = scope.local("i32");
  const put = scope.local("i32");
  const at = Array.from({ length: width }, () => scope.local("i32"));
  const rows = Array.from({ length: 4 }, () => scope.local("v128"));
  const halves = Array.from({ length: 4 }, () => scope.local("v128"));
  const whole = scope.local("i32");

  /** Four steps of the lines `first` to `first + 3`; a line that is not there is read as another one. */
  const square = (first: number): Statement[] => {
    const present = Math.min(4, width - first);
    const [x, y, z, w] = rows;
    return [
      ...rows.map((row, l) => row.set(v128.load(at[first + Math.min(l, present - 1)]))),
      halves[0].set(v128.shuffle(x, y, [0, 4, 1, 5])),
      halves[1].set(v128.shuffle(z, w, [0, 4, 1, 5])),
      halves[2].set(v128.shuffle(x, y, [2, 6, 3, 7])),
      halves[3].set(v128.shuffle(z, w, [2, 6, 3, 7])),
      ...[0, 1, 2, 3].map((step) => {
        const [low, high] = step < 2 ? [halves[0], halves[1]] : [halves[2], halves[3]];
        const value = v128.shuffle(low, high, step % 2 === 0 ? [0, 1, 4, 5] : [2, 3, 6, 7]);
        const offset = 4 * (step * width + first);
        return present === 2 ? v128.storeLow64(put, value, offset) : v128.store(put, value, offset);
      }),
    ];
  };

  const groups = Array.from({ length: Math.ceil(width / 4) }, (_, g) => square(4 * g)).flat();
  const forward = (bytes: number): Statement[] => at.map((one) => one.set(i32.add(one, i32.const(bytes))));
  return [
    put.set(to),
    at[0].set(source),
    ...at.slice(1).map((one, l) => one.set(i32.add(at[l], lineBytes))),
    whole.set(i32.and(steps, i32.const(-4))),
    countUp(k, i32.const(0), whole, i32.const(4), [
      ...groups,
      ...forward(16),
      put.set(i32.add(put, i32.const(16 * width))),
    ]),
    countUp(k, whole, steps, i32.const(1), [
      ...at.map((one, l) => f32.store(put, f32.load(one), 4 * l)),
      ...forward(4),
      put.set(i32.add(put, i32.const(4 * width))),
    ]),
  ];
}

/** Any strides: one number at a time. */
function eachLine(
  { scope, width, source, to, lineBytes, stepBytes, steps }: Panels,
  lines: Expression<"i32">,
): Statement[] {
  const names = ["i32", "i32", "i32", "i32", "i32"] as const;
  const [line, k, start, at, put] = names.map((type) => scope.local(type));
  return [
    start.set(source),
    countUp(line, i32.const(0), lines, i32.const(1), [
      at.set(start),
      put.set(i32.add(to, i32.shl(line, i32.const(2)))),
      countUp(k, i32.const(0), steps, i32.const(1), [
        f32.store(put, f32.load(at)),
        at.set(i32.add(at, stepBytes)),
        put.set(i32.add(put, i32.const(4 * width))),
      ]),
      start.set(i32.add(start, lineBytes)),
    ]),
  ];
}
