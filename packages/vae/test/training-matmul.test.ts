// The mode of matrix products in training: where it holds, what it is recorded as, and what is said when it changes.

import { matmulEngine, matmulMode, type MatmulMode } from "@elbo/tensor";
import { enableRelaxedSimd } from "@elbo/tensor/node";
import { describe, expect, test, vi } from "vitest";
import { vae, type Vae } from "../src/models/vae.js";
import { fit, type FitOptions, trainingConfig, type TrainingState } from "../src/training/fit.js";
import { type MultiplyAdd, multiplyAddHistory, multiplyAddOf } from "../src/training/multiply-adds.js";
import { bits } from "./support/numbers.js";
import { noise, timeless, train } from "./support/tiny.js";

const here = enableRelaxedSimd().fast;
const other: MultiplyAdd = here === "fused" ? "separate" : "fused";
const data = noise(20, 7, [6]);
const fresh = (): Vae => vae({ input: [6], hidden: [5], latent: 2 });
const options = { epochs: 2, batch: 6, seed: 5 };

/** The model, telling in which mode its terms are computed. */
function watched(heard: (mode: MatmulMode) => void): Vae {
  const model = fresh();
  return {
    ...model,
    terms: (...given) => {
      heard(matmulMode());
      return model.terms(...given);
    },
  };
}

/** Trains, and gives the last state and every notice. */
async function run(model: Vae, more: FitOptions): Promise<{ state: TrainingState; notices: string[] }> {
  const notices: string[] = [];
  let state: TrainingState | undefined;
  const hooks = { onNotice: (notice: string) => notices.push(notice), onState: (now: TrainingState) => (state = now) };
  await train(model, data, { ...options, ...hooks, ...more } as FitOptions);
  return { state: state!, notices };
}

test("fast unless strict is asked for", () => {
  expect(trainingConfig({}).matmul).toBe("fast");
  expect(trainingConfig({ matmul: "strict" }).matmul).toBe("strict");
});

test.each(["fast", "strict"] as const)(
  "%s holds in every step and every evaluation, and nowhere else",
  async (matmul) => {
    const inside: MatmulMode[] = [];
    const outside: MatmulMode[] = [];
    const look = (): void => void outside.push(matmulMode());
    const hooks = { onStep: look, onState: async () => look() };
    const model = watched((mode) => inside.push(mode));
    for await (const _ of fit(model, data, { ...options, ...hooks, matmul })) look();
    // Two epochs, each of four steps and one block of the test part.
    expect(inside).toEqual(Array.from({ length: 10 }, () => matmul));
    // Four steps, a state and a report for each of the two.
    expect(outside).toEqual(Array.from({ length: 12 }, () => "strict"));
  },
);

test("two runs side by side keep each its own mode and its own bits", async () => {
  const seen = { fast: new Set<MatmulMode>(), strict: new Set<MatmulMode>() };
  const modes = ["fast", "strict"] as const;
  const models = modes.map((matmul) => watched((mode) => seen[matmul].add(mode)));
  const runs = modes.map((matmul, i) => fit(models[i], data, { ...options, matmul }));
  // The epochs in turn: fast, strict, fast, strict.
  for (let epoch = 0; epoch < 2; epoch++) for (const one of runs) await one.next();
  expect(seen).toEqual({ fast: new Set(["fast"]), strict: new Set(["strict"]) });
  for (const [i, matmul] of modes.entries()) {
    const alone = fresh();
    await train(alone, data, { ...options, matmul });
    expect(bits(models[i].params)).toEqual(bits(alone.params));
  }
});

test.skipIf(here === "separate")(
  `where multiply-adds are fused, fast and strict end with other weights${here === "fused" ? "" : " (they are not here)"}`,
  async () => {
    const [fast, strict] = [fresh(), fresh()];
    const reports = await train(fast, data, { ...options, matmul: "fast" });
    const others = await train(strict, data, { ...options, matmul: "strict" });
    expect(bits(fast.params)).not.toEqual(bits(strict.params));
    expect(timeless(reports)).not.toEqual(timeless(others));
    expect(reports[1].test.objective).toBeCloseTo(others[1].test.objective, 4);
  },
);

describe("the class", () => {
  test("is what the runtime has for fast, and separate for strict", async () => {
    expect(multiplyAddOf("strict")).toBe("separate");
    expect(multiplyAddOf("fast")).toBe(matmulEngine().fast);
    expect((await run(fresh(), { matmul: "strict" })).state.multiplyAdds).toEqual(["separate"]);
    expect((await run(fresh(), { matmul: "fast" })).state.multiplyAdds).toEqual([here]);
  });

  test("a run says nothing while its class stays the same", async () => {
    for (const matmul of ["fast", "strict"] as const) {
      const model = fresh();
      const { state, notices } = await run(model, { matmul, epochs: 1 });
      const resumed = await run(model, { matmul, resume: state });
      expect([...notices, ...resumed.notices]).toEqual([]);
      expect(resumed.state.multiplyAdds).toEqual(state.multiplyAdds);
    }
  });

  test("a run that goes on under another class says so once, goes on, and records both", async () => {
    const model = fresh();
    const { state } = await run(model, { matmul: "fast", epochs: 1 });
    const resume = { ...state, multiplyAdds: [other] };
    const resumed = await run(model, { matmul: "fast", resume });
    expect(resumed.notices).toEqual([
      `this run began with ${other} multiply-adds in its matrix products, and this runtime has ${here} ones: its bits will differ from an uninterrupted run`,
    ]);
    expect(resumed.state).toMatchObject({ epoch: 2, multiplyAdds: [other, here] });
    expect(multiplyAddHistory(resumed.state.multiplyAdds)).toBe(`${other}, then ${here}`);
    const third = await run(model, { matmul: "fast", epochs: 3, resume: resumed.state });
    expect(third.notices).toEqual([]);
  });

  test("a run of before there were classes computed in double; one that has not begun has no class", async () => {
    const model = fresh();
    const { state } = await run(model, { matmul: "strict", epochs: 1 });
    const old = await run(model, { matmul: "strict", resume: { ...state, multiplyAdds: ["double"] } });
    expect(old.notices).toHaveLength(1);
    expect(old.notices[0]).toContain("began with double-precision multiply-adds");
    expect(old.state.multiplyAdds).toEqual(["double", "separate"]);
    const begun = await run(fresh(), { resume: { ...state, epoch: 0, step: 0, multiplyAdds: [] } });
    expect(begun.notices).toEqual([]);
    expect(multiplyAddHistory([])).toBe("none yet");
  });

  test("a run with nothing left to compute has nothing to say", async () => {
    const model = fresh();
    const { state } = await run(model, {});
    expect((await run(model, { resume: { ...state, multiplyAdds: [other] } })).notices).toEqual([]);
  });

  test("is told by console.warn where nobody listens", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    try {
      const model = fresh();
      const { state } = await run(model, { epochs: 1 });
      const resume = { ...state, multiplyAdds: [other] };
      await train(model, data, { ...options, resume });
      expect(warn.mock.calls).toEqual([[expect.stringMatching(/^this run began with [^\n]+$/)]]);
    } finally {
      warn.mockRestore();
    }
  });
});
