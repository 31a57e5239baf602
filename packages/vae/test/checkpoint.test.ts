// Checkpoints: round trips, and that whatever is no whole checkpoint is a DataError of one line.

import { cast, mapTree, type Value } from "@elbo/autograd";
import { key, type Tensor, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../src/data/errors.js";
import { readSafetensors, writeSafetensors } from "../src/formats/safetensors.js";
import { evaluate } from "../src/evaluation/evaluate.js";
import { autoencoder } from "../src/models/autoencoder.js";
import type { Model } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { buildModel, decodeCheckpoint, encodeCheckpoint } from "../src/training/checkpoint.js";
import { type TrainingState } from "../src/training/fit.js";
import type { MultiplyAdd } from "../src/training/multiply-adds.js";
import { optimizers, type OptimizerName } from "../src/training/optimizers.js";
import { bits } from "./support/numbers.js";
import { noise } from "./support/tiny.js";

const options = { input: [2, 3], hidden: [4], latent: 2 };
const cursor = { epoch: 3, step: 2, sums: { examples: 12, reconstruction: -40.5, kl: 0.1 }, seconds: 1.25 };
const multiplyAdds: readonly MultiplyAdd[] = ["separate"];
const stateOf = (model: Model, optimizer: OptimizerName): TrainingState => {
  const state = optimizers[optimizer].init(model.params);
  return {
    ...cursor,
    multiplyAdds,
    optimizer: optimizers[optimizer].update(model.params, model.params, state, 0.1).state,
  };
};

const model = vae(options);
const bytes = encodeCheckpoint(model, "adam", stateOf(model, "adam"));

/** The message with which these bytes are refused. */
function refusal(damaged: Uint8Array): string {
  let error: unknown;
  try {
    decodeCheckpoint(damaged, "run/weights.safetensors");
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(DataError);
  const { message } = error as DataError;
  expect(message).toMatch(/^run\/weights\.safetensors: [^\p{Cc}\u2028\u2029]+$/u);
  return message;
}

/** The checkpoint with its tensors or its metadata changed. */
function changed(change: (tensors: Record<string, Tensor>, metadata: Record<string, string>) => void): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes, "checkpoint");
  change(tensors, metadata);
  return writeSafetensors(tensors, metadata);
}

describe("round trip", () => {
  const kinds = fc.constantFrom(vae, autoencoder);
  const choices = fc.record({
    input: fc.constantFrom([2, 3], [5], []),
    hidden: fc.constantFrom([], [3], [4, 2]),
    latent: fc.integer({ min: 1, max: 3 }),
    activation: fc.constantFrom("relu", "tanh"),
    likelihood: fc.constantFrom("bernoulli", "gaussian"),
    sigma: fc.constantFrom<number | "learned">(0.1, "learned"),
    seed: fc.nat(),
  });
  const optimizerNames = fc.constantFrom<OptimizerName>("adam", "sgd", "momentum");
  const cursors = fc.record({
    epoch: fc.nat(),
    step: fc.nat(),
    sums: fc.record({
      examples: fc.nat(),
      reconstruction: fc.double({ noNaN: true, noDefaultInfinity: true }),
      kl: fc.double({ noNaN: true, noDefaultInfinity: true }),
    }),
    seconds: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  });

  const histories = fc.array(fc.constantFrom<MultiplyAdd>("fused", "separate", "double"), { maxLength: 3 });

  test("choices, parameters, the optimizer's state, the cursor and the classes come back to the bit", () => {
    fc.assert(
      fc.property(kinds, choices, optimizerNames, cursors, histories, (make, config, optimizer, at, multiplyAdds) => {
        const before: Model = make(config);
        const state: TrainingState = { ...stateOf(before, optimizer), ...at, multiplyAdds };
        const restored = decodeCheckpoint(encodeCheckpoint(before, optimizer, state), "checkpoint");
        expect(restored.model.config).toEqual(before.config);
        expect(restored.model.kind).toBe(before.kind);
        expect(restored.optimizer).toBe(optimizer);
        expect(restored.state.multiplyAdds).toEqual(multiplyAdds);
        expect(bits(restored.model.params)).toEqual(bits(before.params));
        expect(bits(restored.state.optimizer)).toEqual(bits(state.optimizer));
        // JSON has no -0; a sum that is 0 has no sign to keep.
        const signless = (cursor: typeof at) => JSON.stringify(cursor);
        const { epoch, step, sums, seconds } = restored.state;
        expect(signless({ epoch, step, sums, seconds })).toBe(signless(at));
      }),
      { numRuns: 40 },
    );
  });

  test("equal states give equal bytes", () => {
    expect(encodeCheckpoint(vae(options), "adam", stateOf(vae(options), "adam"))).toEqual(bytes);
  });

  test("the model that comes back computes the same figures", () => {
    const data = noise(5, 20, [2, 3]);
    const { model: restored } = decodeCheckpoint(bytes, "checkpoint");
    expect(evaluate(restored, data.test, key(1))).toEqual(evaluate(model, data.test, key(1)));
  });

  test("float64 parameters stay float64", () => {
    const double = vae(options);
    double.params = mapTree((w: Value) => cast(w, "float64"), double.params);
    const restored = decodeCheckpoint(encodeCheckpoint(double, "adam", stateOf(double, "adam")), "checkpoint");
    expect(bits(restored.model.params)).toEqual(bits(double.params));
  });

  test("the classes of multiply-add are one word of the metadata each; a file of before there were any was double", () => {
    const mixed = { ...stateOf(model, "adam"), multiplyAdds: ["fused", "separate"] as const };
    const { metadata } = readSafetensors(encodeCheckpoint(model, "adam", mixed), "checkpoint");
    expect(metadata.multiplyAdds).toBe("fused,separate");
    const old = (at: object) =>
      changed((_, metadata) => {
        delete metadata.multiplyAdds;
        metadata.cursor = JSON.stringify({ ...cursor, ...at });
      });
    const read = (file: Uint8Array) => decodeCheckpoint(file, "checkpoint").state.multiplyAdds;
    expect(read(old({}))).toEqual(["double"]);
    expect(read(old({ epoch: 0 }))).toEqual(["double"]);
    expect(read(old({ epoch: 0, step: 0 }))).toEqual([]);
  });

  test("is a safetensors file with the parameters under their own names", () => {
    const { tensors, metadata } = readSafetensors(bytes, "checkpoint");
    expect(tensors["encoder.hidden.0.weight"].shape).toEqual([6, 4]);
    expect(tensors["optimizer.square.encoder.hidden.0.weight"].shape).toEqual([6, 4]);
    expect(JSON.parse(metadata.model)).toEqual(model.config);
    expect(bits(buildModel(model.config).params)).toEqual(bits(model.params));
  });
});

describe("damage", () => {
  test("truncated anywhere", () => {
    for (let length = 0; length < bytes.length; length += length < 16 ? 1 : 37) refusal(bytes.subarray(0, length));
    refusal(bytes.subarray(0, bytes.length - 1));
    refusal(new Uint8Array([...bytes, 0]));
  });

  test("a safetensors file of something else", () => {
    const other = (metadata: Record<string, string>) => writeSafetensors({ weight: zeros([2]) }, metadata);
    expect(refusal(other({}))).toContain('its format is not named, expected "elbo-checkpoint-1"');
    expect(refusal(other({ format: "pt" }))).toContain('its format is "pt"');
    expect(refusal(other({ format: "two\nlines" }))).toContain('its format is "two\\nlines"');
    expect(refusal(new TextEncoder().encode("PK\u0003\u0004 this is no tensor file"))).toBeDefined();
  });

  test("each tensor missing", () => {
    for (const name of Object.keys(readSafetensors(bytes, "checkpoint").tensors)) {
      const message = refusal(changed((tensors) => delete tensors[name]));
      expect(message).toContain(`the tensor ${name} [`);
      expect(message).toContain("is missing");
    }
  });

  test("each tensor of another shape, or of whole numbers", () => {
    for (const [name, { shape }] of Object.entries(readSafetensors(bytes, "checkpoint").tensors)) {
      expect(refusal(changed((tensors) => (tensors[name] = zeros([1, ...shape]))))).toContain(
        `the tensor ${name} has shape [1, ${shape.join(", ")}], the model needs [${shape.join(", ")}]`,
      );
      expect(refusal(changed((tensors) => (tensors[name] = zeros(shape, { dtype: "int32" }))))).toContain(
        `the tensor ${name} holds int32`,
      );
    }
  });

  test("the weights of another model", () => {
    const wider = encodeCheckpoint(
      vae({ ...options, hidden: [5] }),
      "adam",
      stateOf(vae({ ...options, hidden: [5] }), "adam"),
    );
    const { tensors } = readSafetensors(wider, "checkpoint");
    const { metadata } = readSafetensors(bytes, "checkpoint");
    expect(refusal(writeSafetensors(tensors, metadata))).toContain("the model needs");
    const kind = (config: object) => changed((_, metadata) => void (metadata.model = JSON.stringify(config)));
    expect(refusal(kind({ ...model.config, kind: "autoencoder" }))).toContain("encoder.code");
    expect(refusal(kind({ ...model.config, kind: "gan" }))).toContain("the model is of no known kind");
  });

  test("each member of the metadata missing or no JSON", () => {
    for (const member of ["model", "cursor", "numbers"]) {
      expect(refusal(changed((_, metadata) => delete metadata[member]))).toContain(`the ${member} is missing`);
      for (const text of ["", "{", '{\n"epoch"', "undefined"]) {
        const message = refusal(changed((_, metadata) => void (metadata[member] = text)));
        expect(message).toContain(`the ${member} is no JSON`);
      }
    }
    for (const optimizer of ["adamw", "toString", ""]) {
      expect(refusal(changed((_, metadata) => void (metadata.optimizer = optimizer)))).toContain("optimizer");
    }
    refusal(changed((_, metadata) => delete metadata.optimizer));
    for (const classes of ["triple", "fused,", "fused separate"]) {
      const message = refusal(changed((_, metadata) => void (metadata.multiplyAdds = classes)));
      expect(message).toContain("the multiply-adds are of no known class");
    }
  });

  test("each member of JSON with something else in it", () => {
    const scraps: readonly unknown[] = [null, 1, "text", [], {}, true];
    for (const member of ["model", "cursor", "numbers"]) {
      for (const scrap of scraps) refusal(changed((_, metadata) => void (metadata[member] = JSON.stringify(scrap))));
    }
    const cursors = [
      { epoch: -1 },
      { epoch: 1.5 },
      { step: "2" },
      { step: null },
      { seconds: null },
      { sums: null },
      { sums: { examples: 1, kl: 0 } },
      { sums: { ...cursor.sums, examples: -3 } },
    ];
    for (const part of cursors) {
      const text = JSON.stringify({ ...cursor, ...part });
      refusal(changed((_, metadata) => void (metadata.cursor = text)));
    }
    const configs = [{ latent: 0 }, { hidden: "no" }, { input: null }, { activation: "gelu" }, { sigma: "x\ny" }];
    for (const part of configs) {
      const text = JSON.stringify({ ...model.config, ...part });
      refusal(changed((_, metadata) => void (metadata.model = text)));
    }
  });

  test("any byte of the header changed is refused or reads as another whole checkpoint, never anything else", () => {
    const header = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)) + 8;
    fc.assert(
      fc.property(fc.nat(header - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = bytes.slice();
        damaged[at] ^= flip;
        try {
          const { state, model } = decodeCheckpoint(damaged, "checkpoint");
          expect([state.epoch, state.step].every(Number.isSafeInteger)).toBe(true);
          expect(Object.keys(bits(model.params)).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as DataError).message).toMatch(/^checkpoint: [^\n]+$/);
        }
      }),
      { numRuns: 200 },
    );
  });
});
