// A program small enough to be told by hand: every phase reads what other threads wrote in the phase before.

import { countUp, drop, i32, instantiate, ModuleBuilder, when } from "@elbo/tensor/kernels";
import { shareOf } from "../src/emit/share.js";
import { defineTeam } from "../src/emit/team.js";
import { ProgramMemory } from "../src/run/memory.js";
import { Team } from "../src/run/team.js";

const COUNT = 48;
const PHASES = 4;
/** Variants differ in what they add. */
const ADDED = [1, 1000];

interface ToyOptions {
  readonly threads: number;
  readonly shared?: boolean;
  readonly publishAll?: boolean;
  readonly timeLimit?: number;
}

/** The two arrays, of which each phase writes one, and a word: the thread whose number is the word's less 1 traps. */
interface Places {
  readonly arrays: readonly [number, number];
  readonly trap: number;
}

/** Phase p: `to[i] = 3 from[COUNT - 1 - i] + i + added`, in int32; the arrays change sides. */
function moduleOf({ arrays, trap }: Places, added: number, shared: boolean): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder({ sharedMemory: shared });
  const phases = Array.from({ length: PHASES }, (_, phase) => {
    const [from, to] = phase % 2 === 0 ? arrays : [arrays[1], arrays[0]];
    return builder.define(`phase${phase}`, ["i32", "i32"], "none", (scope, thread, threads) => {
      const i = scope.local("i32");
      const share = shareOf(scope, COUNT, 1, thread, threads);
      const four = i32.const(4);
      const mirrored = i32.load(i32.mul(i32.sub(i32.const(COUNT - 1), i), four), from);
      const value = i32.add(i32.mul(mirrored, i32.const(3)), i32.add(i, i32.const(added)));
      const trapped = i32.eq(i32.load(i32.const(trap)), i32.add(thread, i32.const(1)));
      return [
        when(trapped, [drop(i32.divU(thread, i32.const(0)))]),
        ...share.statements,
        countUp(i, share.from, share.to, i32.const(1), [i32.store(i32.mul(i, four), value, to)]),
      ];
    });
  });
  defineTeam(builder, { phases: phases.map((kernel) => [kernel]), shared });
  return builder.bytes;
}

/** What `moduleOf` says, in JavaScript. */
function stepped(state: Int32Array, added: number): Int32Array {
  let from = state;
  for (let phase = 0; phase < PHASES; phase++) {
    from = from.map((_, i) => (Math.imul(from[COUNT - 1 - i], 3) + i + added) | 0);
  }
  return from;
}

export function toyProgram({ threads, shared = true, publishAll = true, timeLimit }: ToyOptions) {
  const memory = new ProgramMemory({ shared });
  const [first, second, trap] = [memory.reserve(4 * COUNT), memory.reserve(4 * COUNT), memory.reserve(4)];
  const modules = ADDED.map((added) => moduleOf({ arrays: [first, second], trap }, added, shared));
  const team = new Team({ memory, threads, timeLimit });
  const publish = (variant: number): void => team.publish(variant, modules[variant]);
  publish(0);
  if (publishAll) publish(1);
  return {
    memory,
    team,
    publish,
    exports: modules.map((bytes) => instantiate(bytes, memory.memory)),
    /** Makes a kernel trap on one thread. */
    trap: (thread: number): void => {
      memory.ints()[trap / 4] = thread + 1;
    },
    state: (): Int32Array => memory.ints().slice(first / 4, first / 4 + COUNT),
    /** The state after steps of these variants. */
    expected: (variants: readonly number[]): Int32Array =>
      variants.reduce<Int32Array>((state, variant) => stepped(state, ADDED[variant]), new Int32Array(COUNT)),
  };
}
