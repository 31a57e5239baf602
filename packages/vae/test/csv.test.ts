// CSV text: what is written is read, every dialect gives one table, and what is wrong is said with its place.

import { ArgumentError, fromTypedArray, ShapeError, tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classify } from "../src/data/classes.js";
import { formatTable, parseTable } from "../src/data/csv.js";
import { DataError } from "../src/data/errors.js";

const name = fc
  .string({ unit: "grapheme", maxLength: 8 })
  .map((text) => text.trim().replace(/\s+/g, " "))
  .filter((text) => text !== "" && text !== "label" && Number.isNaN(Number(text)));
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

const tables = fc
  .record({ names: fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), count: fc.integer({ min: 1, max: 6 }) })
  .chain(({ names, count }) =>
    fc.record({
      names: fc.constant(names),
      count: fc.constant(count),
      values: fc.array(finite, { minLength: count * names.length, maxLength: count * names.length }),
    }),
  )
  .filter(({ names }) => names.length > 1 || !names[0]!.includes(";"));

/** The message with which a text is refused. */
function refusal(text: string, label?: string): string {
  try {
    parseTable(text, "t.csv", label === undefined ? {} : { label });
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    const { message } = error as DataError;
    expect(message).not.toContain("\n");
    expect(message.startsWith("t.csv: ")).toBe(true);
    return message;
  }
  throw new Error("was parsed");
}

describe("CSV", () => {
  test("what is written is read, to the last bit", () => {
    fc.assert(
      fc.property(tables, ({ names, count, values }) => {
        const rows = fromTypedArray(Float64Array.from(values), [count, names.length]);
        const table = parseTable(formatTable(names, rows), "t.csv");
        expect(table.names).toEqual(names);
        expect(table.rows.shape).toEqual([count, names.length]);
        expect(table.rows.data).toEqual(rows.data); // toEqual tells -0 from 0
        expect(table.labels).toBeNull();
      }),
    );
  });

  test("the text is that of RFC 4180, with LF", () => {
    const names = ["a", "b, c", 'd "e"'];
    expect(formatTable(names, tensor([[1, -0, 0.5]], { dtype: "float64" }))).toBe('a,"b, c","d ""e"""\n1,-0,0.5\n');
  });

  const plain = "a,b\n1,2.5\n-3,4e2\n";
  test.each<[string, string]>([
    ["CRLF", plain.replaceAll("\n", "\r\n")],
    ["CR", plain.replaceAll("\n", "\r")],
    ["mixed line ends", "a,b\r\n1,2.5\n-3,4e2\r\n"],
    ["a byte order mark", `\ufeff${plain}`],
    ["no line end at the end", plain.trimEnd()],
    ["empty lines at the end", `${plain}\n\n \n`],
    ["quoted numbers and names", '"a","b"\n"1","2.5"\n"-3","4e2"\n'],
    ["blanks around cells", " a , b\n 1 ,2.5\n-3, +4E2 \n"],
  ])("%s changes nothing", (_, text) => {
    expect(parseTable(text, "t.csv")).toEqual(parseTable(plain, "t.csv"));
    expect(parseTable(text, "t.csv").rows.toArray()).toEqual([
      [1, 2.5],
      [-3, 400],
    ]);
  });

  test("a first row of numbers alone is no header", () => {
    const { names, rows } = parseTable("1,2\n3,4\n", "t.csv");
    expect(names).toEqual(["column 1", "column 2"]);
    expect(rows.shape).toEqual([2, 2]);
    expect(refusal("1,2\n3,?\n")).toContain('row 2, column "column 2": "?" is no number');
  });

  test("a first row of numbers with a bad cell is refused, not lost as a header", () => {
    const cell = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    fc.assert(
      fc.property(fc.uniqueArray(cell, { minLength: 1, maxLength: 5 }), name, fc.nat(5), (numbers, odd, at) => {
        fc.pre(!/[",]/.test(odd));
        const first = numbers.toSpliced(at, 0, odd).join();
        expect(refusal(`${first}\n${numbers.join()},0\n`)).toMatch(/row 1 has numbers and names \(".*"\); name every/);
      }),
    );
    expect(refusal("1.5,oops,3.1\n1,2,3\n")).toBe(
      't.csv: row 1 has numbers and names ("oops"); name every column in the first row, or write a number there',
    );
    expect(refusal("a,b,7\n1,2,3\n")).toContain('row 1 has names and numbers ("7");');
    expect(refusal("1,2,cat\n3,4,dog\n")).toContain('row 1 has numbers and names ("cat")');
  });

  test("names that are all numbers stand beside the name of the label", () => {
    expect(parseTable("label,0,1\n7,2,3\n", "t.csv")).toMatchObject({ names: ["0", "1"], labels: ["7"] });
    expect(parseTable("0,1,kind\n2,3,x\n", "t.csv", { label: "kind" }).names).toEqual(["0", "1"]);
    expect(parseTable("a,b,5\n1,2,3\n", "t.csv", { label: "5" }).names).toEqual(["a", "b"]);
  });

  test("thousands of rows are read, and the bad one among them is found", () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i},${i / 7},${-i}`);
    const { rows } = parseTable(`a,b,c\n${lines.join("\n")}\n`, "t.csv");
    expect(rows.shape).toEqual([20_000, 3]);
    expect(rows.data[3 * 19_999 + 1]).toBe(19_999 / 7);
    lines[12_345] = "1,n/a,2";
    expect(refusal(`a,pressure,c\n${lines.join("\n")}\n`)).toBe(
      't.csv: row 12347, column "pressure": "n/a" is no number; fill it in, drop the row, or say that the column holds the label',
    );
  });

  test.each<[string, string, string]>([
    ["nothing", "", "is empty; a table is a row of names and rows of numbers"],
    ["blank lines", "\n \n", "is empty;"],
    ["a header alone", "a,b\n", "holds a row of names and no numbers; add rows"],
    ["a missing cell", "a,b\n1,2\n3,\n", 'row 3, column "b" is missing; fill it in, or drop the row'],
    ["a hexadecimal", "a\n0x10\n", '"0x10" is no number'],
    ["an infinity", "a\nInfinity\n", '"Infinity" is no number'],
    ["NaN", "a\nNaN\n", '"NaN" is no number'],
    ["an overflow", "a\n1e999\n", "1e999 is beyond what doubles hold; rescale the column"],
    ["a short row", "a,b\n1,2\n3\n", "row 3 has 1 cell, the table 2 columns; fill it in, or drop the row"],
    ["a long row", "a,b\n1,2,3\n", "row 2 has 3 cells, the table 2 columns"],
    ["a blank line among rows", "a,b\n1,2\n\n3,4\n", "row 3 is empty, the table 2 columns"],
    ["two columns of a name", "a,b,a\n1,2,3\n", 'two columns are called "a"; rename one in row 1'],
    ["a column without a name", ",b\nx,2\n", "column 1 has no name in row 1; name or drop it"],
    ["semicolons", "a;b\n1;2\n", 'row 1 is one cell, "a;b"; separate the columns by commas'],
    ["tabs", "a\tb\n1\t2\n", 'row 1 is one cell, "a\\tb"; separate the columns by commas'],
    ["an open quote", 'a,b\n1,"2\n', "row 2: quoted field unterminated; close the quotes"],
    ["labels alone", "label\n1\n", "has no column but the labels"],
    ["a missing label", "a,label\n1,x\n2,\n", 'row 3, column "label" is missing'],
  ])("says what is wrong: %s", (_, text, message) => {
    expect(refusal(text)).toContain(message);
  });

  test("whatever the text, the answer is a table or a DataError in one line", () => {
    const piece = fc.constantFrom("1", "a", ",", "\n", '"', "\r", " ", "-", "e", ".", "\u2028", "\0", "label");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        try {
          const { names, rows } = parseTable(pieces.join(""), "t.csv");
          expect(rows.shape[1]).toBe(names.length);
          expect(rows.data.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as DataError).message).not.toMatch(/[\n\r]/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("refuses to write what could not be read", () => {
    const row = tensor([[1, 2]]);
    for (const names of [
      ["a", "a"],
      ["a", ""],
      ["a", " b"],
      ["a", "b\nc"],
      ["1", "2"],
      ["a", "2"],
    ]) {
      expect(() => formatTable(names, row)).toThrow(ArgumentError);
    }
    expect(() => formatTable(["a; b"], tensor([[1]]))).toThrow(ArgumentError);
    expect(() => formatTable(["a"], row)).toThrow(ShapeError);
    expect(() => formatTable(["a", "b"], tensor([1, 2]))).toThrow(ShapeError);
    expect(() => formatTable(["a", "b"], tensor([[1, NaN]]))).toThrow('row 0, column "b" is NaN');
    expect(() => parseTable("a\n1\n", "t.csv", { lable: "a" } as never)).toThrow(ArgumentError);
  });
});

describe("labels", () => {
  test("are a column by name, and no input", () => {
    const text = "label,a,kind\n1,2,3\n0,5,6\n";
    expect(parseTable(text, "t.csv")).toMatchObject({ names: ["a", "kind"], labels: ["1", "0"] });
    const named = parseTable(text, "t.csv", { label: "kind" });
    expect(named).toMatchObject({ names: ["label", "a"], labels: ["3", "6"] });
    expect(named.rows.toArray()).toEqual([
      [1, 2],
      [0, 5],
    ]);
    expect(refusal(text, "sort")).toBe('t.csv: has no column "sort" for the labels; its columns are label, a, kind');
  });

  test("that are whole numbers are classes as they are", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (numbers) => {
        const { labels, classes } = classify(numbers.map(String), "t.csv");
        expect(Array.from(labels.data)).toEqual(numbers);
        expect(labels.dtype).toBe("int32");
        expect(classes).toBeUndefined();
      }),
    );
  });

  test("that are anything else are places among the sorted names", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (texts) => {
        const { labels, classes } = classify([...texts, "x", "3000000000"], "t.csv");
        expect(classes).toEqual([...new Set(classes)].sort());
        expect(Array.from(labels.data.subarray(0, texts.length), (label) => classes![label])).toEqual(texts);
      }),
    );
    expect(classify(["-1", "1.5", "1"], "t.csv").classes).toEqual(["-1", "1", "1.5"]);
  });

  test("are of at most 1000 kinds", () => {
    const texts = Array.from({ length: 1001 }, (_, i) => `row ${i}`);
    expect(classify(texts.slice(1), "t.csv").classes).toHaveLength(1000);
    expect(() => classify(texts, "t.csv")).toThrow("t.csv: the labels have 1001 different values;");
    expect(() => classify([...texts.keys()].map(String), "t.csv")).toThrow(DataError);
  });
});
