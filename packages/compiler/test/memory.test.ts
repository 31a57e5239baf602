// The memory of a program: what is reserved stays apart, stays put and keeps its contents.

import { AllocationError } from "@elbo/tensor";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CONTROL, CONTROL_BYTES } from "../src/plan/control.js";
import { ProgramMemory } from "../src/run/memory.js";

const sizes = fc.array(fc.nat({ max: 300_000 }), { minLength: 1, maxLength: 8 });

test.each([false, true])("pieces lie apart at multiples of 64, with readable bytes behind (shared: %s)", (shared) => {
  fc.assert(
    fc.property(sizes, (bytes) => {
      const memory = new ProgramMemory({ shared });
      let end = CONTROL_BYTES;
      for (const size of bytes) {
        const address = memory.reserve(size);
        expect(address % 64).toBe(0);
        expect(address).toBeGreaterThanOrEqual(end);
        end = address + size;
      }
      expect(memory.bytes().length).toBeGreaterThanOrEqual(end + 64);
    }),
    { numRuns: 20 },
  );
});

test.each([false, true])("growth keeps contents, and views taken after it see them (shared: %s)", (shared) => {
  const memory = new ProgramMemory({ shared });
  const address = memory.reserve(40_000);
  memory.floats().fill(1.5, address / 4, address / 4 + 10_000);
  const before = memory.floats();
  const far = memory.reserve(5_000_000);
  // Not by toBe, which would want to print the one that growth has detached.
  expect(Object.is(memory.floats(), before)).toBe(false);
  expect(Object.is(memory.floats(), memory.floats())).toBe(true);
  expect(memory.floats().subarray(address / 4, address / 4 + 10_000)).toEqual(new Float32Array(10_000).fill(1.5));
  memory.ints()[far / 4 + 1_249_999] = -1;
  expect([...memory.bytes().subarray(far + 4_999_994, far + 5_000_000)]).toEqual([0, 0, 255, 255, 255, 255]);
});

test.each([false, true])("more than can be had is an AllocationError, and reserves nothing (shared: %s)", (shared) => {
  const memory = new ProgramMemory({ shared });
  const next = memory.reserve(0);
  for (const bytes of [2 ** 31 - CONTROL_BYTES, 2 ** 31, 2 ** 40]) {
    expect(() => memory.reserve(bytes)).toThrow(AllocationError);
    expect(() => memory.reserve(bytes)).toThrow(expect.objectContaining({ bytes }));
  }
  expect(memory.reserve(64)).toBe(next);
});

test("control words that different sides write stand on different lines", () => {
  const lines = Object.values(CONTROL).map((address) => Math.floor(address / 64));
  expect(new Set(lines).size).toBe(lines.length);
  expect(CONTROL_BYTES % 64).toBe(0);
});
