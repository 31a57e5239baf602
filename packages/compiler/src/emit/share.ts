// How work is cut among threads: even shares of whole units, in order.

import { type Expression, i32, type Local, type Scope, type Statement } from "@elbo/tensor/kernels";

/**
 * The share `[from, to)` of `count` things, cut at multiples of `unit`: of n units thread t of T takes those from
 * `floor(n t / T)` to `floor(n (t + 1) / T)`. The statements set the two variables.
 */
export function shareOf(
  scope: Scope,
  count: number,
  unit: number,
  thread: Expression<"i32">,
  threads: Expression<"i32">,
): { readonly from: Local<"i32">; readonly to: Local<"i32">; readonly statements: readonly Statement[] } {
  const [from, to] = [scope.local("i32"), scope.local("i32")];
  const units = i32.const(Math.ceil(count / unit));
  const bound = (t: Expression<"i32">): Expression<"i32"> =>
    i32.mul(i32.divU(i32.mul(units, t), threads), i32.const(unit));
  const least = (x: Local<"i32">): Statement => x.set(i32.select(x, i32.const(count), i32.ltS(x, i32.const(count))));
  return {
    from,
    to,
    statements: [from.set(bound(thread)), least(from), to.set(bound(i32.add(thread, i32.const(1)))), least(to)],
  };
}
