// Errors as data: a class, a code, the operation, the shapes; one line of text, and nothing that is not known.

import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { add, ArgumentError, DTypeError, ElboError, IndexError, ShapeError, zeros } from "../src/index.js";

describe("errors", () => {
  it.each([
    [ShapeError, "SHAPE"],
    [IndexError, "INDEX"],
    [DTypeError, "DTYPE"],
    [ArgumentError, "ARGUMENT"],
  ])("%o carries its facts", (Kind, code) => {
    const cause = new Error("before");
    const error = new Kind("does not fit", { op: "add", shapes: [[2], [3]], cause });
    expect(error).toBeInstanceOf(ElboError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: Kind.name, code, op: "add", shapes: [[2], [3]], cause });
    expect(error.message).toBe("add: does not fit");
    expect(String(error)).toBe(`${Kind.name}: add: does not fit`);
  });

  it("facts that are not known are absent, from the console too", () => {
    const error = new ShapeError("does not fit");
    for (const fact of ["op", "shapes", "cause"]) expect(fact in error).toBe(false);
    expect(error.message).toBe("does not fit");
    const text = inspect(error);
    expect(text).toContain("code: 'SHAPE'");
    expect(text).not.toMatch(/undefined|shapes|cause|op:/);
    expect(inspect(new IndexError("x", { op: "slice", cause: undefined }))).not.toMatch(/undefined|shapes|cause/);
  });

  it("the facts that are known stand in the console", () => {
    const text = inspect(new ShapeError("does not fit", { op: "add", shapes: [[2], [3]], cause: new Error("before") }));
    expect(text).toMatch(/^ShapeError: add: does not fit\n/);
    expect(text).toContain("op: 'add'");
    expect(text).toContain("shapes: [ [ 2 ], [ 3 ] ]");
    expect(text).toContain("[cause]: Error: before");
  });

  it("an error thrown by an operation reads in one line and names the caller's operation", () => {
    let caught: unknown;
    try {
      add(zeros([64, 20]), zeros([64, 10]));
    } catch (error) {
      caught = error;
    }
    expect(String(caught)).toBe(
      "ShapeError: add: cannot broadcast [64, 20] with [64, 10]: axis 1 is 20 and 10, and neither is 1.",
    );
  });

  it("a root for the errors of other packages", () => {
    class OwnError extends ElboError {}
    const error = new OwnError("OWN", "says so", { op: "fit" });
    expect(error).toMatchObject({ name: "OwnError", code: "OWN", message: "fit: says so" });
  });
});
