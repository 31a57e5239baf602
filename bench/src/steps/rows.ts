// Step 4: the loops i, k, j in WebAssembly, four columns at once; C is read and written at every step.

import {
  countUp,
  f32x4,
  i32,
  memory,
  type ModuleBuilder,
  type ProductFunction,
  v128,
  PRODUCT,
} from "@elbo/tensor/kernels";

/** Defines `C = A B` for whole vectors of columns, `n` a multiple of four, and rows of B whose numbers follow each other. */
export function defineRows(builder: ModuleBuilder): ProductFunction {
  const [zero, one] = [i32.const(0), i32.const(1)];
  return builder.define("product", PRODUCT, "none", (scope, a, aRow, aColumn, b, bRow, _, c, cRow, m, n, k) => {
    const [i, p, j, bytes, atA, atB] = Array.from({ length: 6 }, () => scope.local("i32"));
    const factor = scope.local("v128");
    const [inC, inB] = [i32.add(c, j), i32.add(atB, j)];
    return [
      bytes.set(i32.shl(n, i32.const(2))),
      countUp(i, zero, m, one, [
        memory.fill(c, zero, bytes),
        atA.set(a),
        atB.set(b),
        countUp(p, zero, k, one, [
          factor.set(v128.load32Splat(atA)),
          countUp(j, zero, bytes, i32.const(16), [
            v128.store(inC, f32x4.add(v128.load(inC), f32x4.mul(factor, v128.load(inB)))),
          ]),
          atA.set(i32.add(atA, aColumn)),
          atB.set(i32.add(atB, bRow)),
        ]),
        a.set(i32.add(a, aRow)),
        c.set(i32.add(c, cRow)),
      ]),
    ];
  });
}
