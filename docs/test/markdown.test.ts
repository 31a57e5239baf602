// The runner of pages: what becomes a check, what a check accepts, and that a wrong expectation is named by its line.

import { describe, expect, test } from "vitest";
import { check, throws } from "./check.js";
import { isQuotedFrom, readPage } from "./markdown.js";
import { parsePage, runPage } from "./run.js";

const FENCE = "```";
const pageOf = (...code: string[]): string => ["# Title", "", `${FENCE}ts`, ...code, FENCE, ""].join("\n");
const moduleOf = (...code: string[]): string[] =>
  readPage("p.md", pageOf(...code), "c")
    .module.split("\n")
    .slice(3);
const passes = (value: unknown, expected: string): boolean => {
  try {
    check(value, expected, "p.md:1");
    return true;
  } catch {
    return false;
  }
};

describe("a page becomes a module", () => {
  test("whose lines are the page's lines", () => {
    const text = ["a", `${FENCE}ts`, "one();", FENCE, "b", `${FENCE}ts`, "two();", FENCE].join("\n");
    expect(readPage("p.md", text, "c").module.split("\n").slice(1)).toEqual(["", "one();", "", "", "", "two();", ""]);
  });

  test("of the blocks marked ts alone", () => {
    const block = (info: string): string => [`${FENCE}${info}`, `run("${info}");`, FENCE].join("\n");
    const inner = ["````md", block("ts"), "````"].join("\n");
    const page = readPage("p.md", [inner, ...["ts", "ts no-run", "js", "sh", ""].map(block)].join("\n"), "c");
    expect(page.blocks).toBe(1);
    expect(page.module.match(/run\(.*\)/g)).toEqual(['run("ts")']);
  });

  test("and a block without end is refused by its line", () => {
    expect(() => readPage("p.md", `text\n${FENCE}ts\none();`, "c")).toThrow("p.md:2: this block has no end");
  });

  test("in which an expression before an expectation is a check", () => {
    expect(moduleOf("f(2); // 4")[0]).toBe('$check((f(2)), "4", "p.md:4");');
    expect(moduleOf("f(2); // throws ShapeError: f: no")[0]).toBe(
      '$throws(() => (f(2)), "ShapeError", "f: no", "p.md:4");',
    );
    expect(moduleOf("await g(); // throws RangeError")[0]).toBe(
      'await $throws(async () => (await g()), "RangeError", "", "p.md:4");',
    );
  });

  test("also where the expression takes several lines", () => {
    expect(moduleOf("one();", "f(", "  2,", "); // 4")).toEqual([
      "one();",
      "$check((f(",
      "  2,",
      ')), "4", "p.md:7");',
      "",
      "",
    ]);
    expect(moduleOf("x", "  .sum()", "  .item(); // 4").slice(0, 3)).toEqual([
      "$check((x",
      "  .sum()",
      '  .item()), "4", "p.md:6");',
    ]);
  });

  test("in which everything else stays as it is", () => {
    const kept = [
      "const x = 4; // 4",
      "f(); // as ever",
      "f(); // trueish",
      "const g = () => {",
      "  f(); // 4",
      "};",
      "g(() => {",
      "  const y = 1;",
      "  y; // 1",
      "});",
    ];
    expect(moduleOf(...kept).slice(0, kept.length)).toEqual(kept);
  });
});

describe("a check", () => {
  test("compares numbers exactly, rounded to the decimals given, or by their first digits", () => {
    const number = 5.436563491821289;
    expect(["5.4365...", "5.43656", "5.4", "5.436563491821289"].filter((text) => !passes(number, text))).toEqual([]);
    expect(["5.4366...", "5.43", "5", "-5.4", "NaN", '"5.4"'].filter((text) => passes(number, text))).toEqual([]);
    expect(passes(2.5e-9, "0.0000000025...") && passes(2.54e-9, "2.5e-9") && passes(-0, "0")).toBe(true);
    expect(passes(NaN, "NaN") && passes(-Infinity, "-Infinity") && !passes(Infinity, "-Infinity")).toBe(true);
  });

  test("compares arrays, objects, typed arrays, text, truth and null in depth", () => {
    expect(passes([[1, 2.25], []], "[[1, 2.2...], []]")).toBe(true);
    expect(passes(Float32Array.of(1, 0.1), "[1, 0.1]")).toBe(true);
    expect(passes({ a: 1, b: [true, null, "x: 1"] }, '{ a: 1, "b": [true, null, "x: 1"] }')).toBe(true);
    expect(passes({ toJSON: () => [1, 2] }, "[1, 2]")).toBe(true);
    expect(["[1]", "[1, 2, 3]", "[2, 1]", "{ a: 1 }", "null"].filter((text) => passes([1, 2], text))).toEqual([]);
    expect(passes({ a: 1, b: 2 }, "{ a: 1 }") || passes({ a: 1 }, "{ b: 1 }")).toBe(false);
  });

  test("names page and line, what it expected and what it got", () => {
    expect(() => check([1, NaN], "[1, 2]", "p.md:7")).toThrow('p.md:7: expected [1, 2], got [1,"NaN"]');
    expect(() => check(2, "2 of them", "p.md:7")).toThrow('p.md:7: "2 of them" is no value');
  });

  test("of an error compares its name and how its message begins", async () => {
    const body = (): never => {
      throw new RangeError("too far away");
    };
    throws(body, "RangeError", "too far", "p.md:7");
    expect(() => throws(body, "RangeError", "far", "p.md:7")).toThrow(
      "p.md:7: expected RangeError: far, got RangeError",
    );
    expect(() => throws(body, "TypeError", "", "p.md:7")).toThrow("p.md:7: expected TypeError");
    expect(() => throws(() => 3, "RangeError", "", "p.md:7")).toThrow("p.md:7: expected RangeError, got the value 3");
    await throws(async () => body(), "RangeError", "too far", "p.md:7");
    await expect(throws(async () => 3, "RangeError", "", "p.md:7")).rejects.toThrow("got the value 3");
  });
});

test("a block marked `text is name` is what that value prints", async () => {
  const run = (text: string): Promise<void> => {
    const page = pageOf('const lines = "a\\n  b";') + `\n${FENCE}text is lines\n${text}\n${FENCE}\n`;
    return runPage("p.md", parsePage("p.md", page));
  };
  await run("a\n  b");
  await expect(run("a\nb")).rejects.toThrow("p.md:8: this is not what is printed, which is\na\n  b");
});

describe("running a page", () => {
  const run = (...code: string[]): Promise<void> => runPage("p.md", parsePage("p.md", pageOf(...code)));

  test("passes where all holds", () => run('import { tensor } from "@elbo/tensor";', "tensor([1, 2]); // [1, 2]"));

  test("fails with page and line where an expectation is wrong", () =>
    expect(run("const x: number = 1;", "x + 1; // 3")).rejects.toThrow("p.md:5: expected 3, got 2"));

  test("fails with page and line where the code throws, or is no code", async () => {
    await expect(run("", 'throw new Error("lost");')).rejects.toThrow(/^Error: lost\n\s+at .*p\.md:5:7/);
    await expect(run("", "let let = 1;")).rejects.toThrow(/p\.md:5(?!\d)/);
  });
});

describe("a quotation", () => {
  test("stands in the file whatever its white space, its parts in order", () => {
    const source = "const a = f(\n  1,\n);\nconst b = 2;\nconst c = 3;\n";
    expect(isQuotedFrom(source, ["const a = f( 1,", "const c = 3;"])).toBe(true);
    expect(isQuotedFrom(source, ["const c = 3;", "const a"])).toBe(false);
    expect(isQuotedFrom(source, ["const b = 3;"])).toBe(false);
  });

  test("names its file, and leaves out what `// ...` stands for", () => {
    const text = [`${FENCE}ts quote a/b.ts`, "one();", "  // ...", "two();", FENCE].join("\n");
    const [quote] = readPage("p.md", text, "c").quotes;
    expect(quote).toEqual({ line: 2, path: "a/b.ts", parts: ["one();\n", "\ntwo();"] });
  });
});

test("links are those into the repository, outside of code", () => {
  const text = [
    '[a](a.md) ![b](b.svg "title") [c](#part) [d](d.md#part) [e](https://e.org/x)',
    "`[f](f.md)`",
    `${FENCE}md\n[g](g.md)\n${FENCE}`,
    '<img src="h.svg">',
    "[i]: i.md",
  ].join("\n");
  const links = readPage("p.md", text, "c").links;
  expect(links.map(({ line, target }) => [line, target])).toEqual([
    [1, "a.md"],
    [1, "b.svg"],
    [1, "d.md"],
    [6, "h.svg"],
    [7, "i.md"],
  ]);
});
