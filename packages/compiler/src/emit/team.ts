// The function that every thread of a step runs: phase after phase, with a barrier behind each.

import {
  branchIf,
  drop,
  type Expression,
  giveBack,
  i32,
  i64,
  loop,
  type ModuleBuilder,
  repeat,
  type Statement,
  type WasmFunction,
  when,
} from "@elbo/tensor/kernels";
import { CONTROL } from "../plan/control.js";
import type { KernelFunction } from "./library/library.js";

/** The kernels of a program. Those of one phase need nothing of each other; a phase may need all that came before. */
export interface TeamProgram {
  readonly phases: readonly (readonly KernelFunction[])[];
  /** Whether the memory is shared: only then there are barriers, and more threads than one. */
  readonly shared: boolean;
}

/**
 * `(thread, threads, mayWait, limit) -> status`: runs the share of one thread. `mayWait` is 1 where the thread may sleep,
 * 0 where it can only spin; `limit` is how many milliseconds it stays at one barrier at most, -1 for any time. The status
 * is 0, or 1 where the others did not arrive in time.
 */
export type RunFunction = WasmFunction<readonly ["i32", "i32", "i32", "i32"], "i32">;

/**
 * Rounds of a thread before it goes to sleep: some sixty microseconds, about what waking up takes. With fewer, threads
 * that once slept find each other asleep for ever. Where other programs have the processors, whoever spins keeps the one
 * it waits for from running: so every time in vain halves the rounds, up to `MOST_HALVINGS` times, and every success
 * doubles them. Each sixteenth barrier tries them all again.
 */
const SPINS = 1 << 17;
const MOST_HALVINGS = 5;
const TRY_AGAIN = 16;

/** About how many rounds a millisecond has, where a thread can do nothing but spin. */
const ROUNDS_PER_MILLISECOND = 1 << 20;

const zero = i32.const(0);
const one = i32.const(1);

/** Defines `run`, a `RunFunction`. Without other threads it is called as `run(0, 1, 0, 0)`. */
export function defineTeam(builder: ModuleBuilder, { phases, shared }: TeamProgram): RunFunction {
  const barrier = shared ? defineBarrier(builder) : undefined;
  return builder.define("run", ["i32", "i32", "i32", "i32"], "i32", (_, thread, threads, mayWait, limit) => {
    const meet = barrier ? [when(barrier.call(threads, mayWait, limit), [giveBack(one)])] : [];
    const statements = phases.flatMap((phase) => [...phase.map((kernel) => kernel.call(thread, threads)), ...meet]);
    return [...statements, zero];
  });
}

/**
 * Waits until all threads are here. No wake-up is lost: all atomics of WebAssembly stand in one order. The last thread
 * writes BARRIER and then reads SLEEPERS; a sleeper adds itself to SLEEPERS and then compares BARRIER, and comparing and
 * falling asleep are one act to whoever wakes. So either the sleeper sees the new BARRIER and stays awake, or it had
 * added itself before the last thread looked, and is woken. A late wake-up from the barrier before only costs a look.
 */
function defineBarrier(builder: ModuleBuilder): WasmFunction<readonly ["i32", "i32", "i32"], "i32"> {
  return builder.define("barrier", ["i32", "i32", "i32"], "i32", ({ local }, threads, mayWait, limit) => {
    const [round, halvings, spins, milliseconds] = [local("i32"), local("i32"), local("i32"), local("i32")];
    const now = i32.atomicLoad(zero, CONTROL.BARRIER);
    const spin = (rounds: Expression<"i32">, passed: readonly Statement[] = []): Statement =>
      repeat(spins, rounds, [when(i32.ne(now, round), [...passed, giveBack(zero)])]);
    const impatience = i32.load(zero, CONTROL.IMPATIENCE);
    const setImpatience = (value: Expression<"i32">): Statement => i32.store(zero, value, CONTROL.IMPATIENCE);
    const fewerHalvings = setImpatience(i32.sub(halvings, i32.ne(halvings, zero)));
    const add = (word: number, value: number): Expression<"i32"> => i32.atomicAdd(i32.const(word), i32.const(value));
    const nanoseconds = i64.mul(i64.extendI32S(limit), i64.const(1e6));
    const inTime = i32.ne(i32.atomicWait(i32.const(CONTROL.BARRIER), round, nanoseconds), i32.const(2));
    return [
      when(i32.eq(threads, one), [giveBack(zero)]),
      // Read before arriving: afterwards it may be the next round already.
      round.set(now),
      when(i32.eq(add(CONTROL.ARRIVED, 1), i32.sub(threads, one)), [
        i32.atomicStore(zero, zero, CONTROL.ARRIVED),
        i32.atomicStore(zero, i32.add(round, one), CONTROL.BARRIER),
        when(i32.atomicLoad(zero, CONTROL.SLEEPERS), [
          drop(i32.atomicNotify(i32.const(CONTROL.BARRIER), i32.const(-1))),
        ]),
        giveBack(zero),
      ]),
      halvings.set(i32.select(impatience, zero, i32.remU(round, i32.const(TRY_AGAIN)))),
      spin(i32.shrU(i32.const(SPINS), halvings), [when(impatience, [fewerHalvings])]),
      when(i32.ltS(impatience, i32.const(MOST_HALVINGS)), [setImpatience(i32.add(impatience, one))]),
      when(mayWait, [
        drop(add(CONTROL.SLEEPERS, 1)),
        loop((again) => [branchIf(again, i32.and(inTime, i32.eq(now, round)))]),
        drop(add(CONTROL.SLEEPERS, -1)),
        giveBack(i32.eq(now, round)),
      ]),
      repeat(milliseconds, limit, [spin(i32.const(ROUNDS_PER_MILLISECOND))]),
      one,
    ];
  });
}
