// How tensors look as text: the whole text, line by line.

import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { arange, expandDims, flip, full, linspace, reshape, type Tensor, tensor, zeros } from "../src/index.js";

const lines = (x: Tensor): string[] => String(x).split("\n");

describe("printing", () => {
  it.each([
    ["a scalar", tensor(1.5), ["Tensor [] 1.5"]],
    ["a whole scalar", tensor(3), ["Tensor [] 3"]],
    ["minus zero", tensor([-0, 1]), ["Tensor [2]", "[0, 1]"]],
    ["nothing", tensor([]), ["Tensor [0] []"]],
    ["nothing of higher rank", zeros([2, 0, 3], { dtype: "int32" }), ["Tensor [2, 0, 3] int32 []"]],
    ["signs", tensor([[1, -2], [-30, 4]]), ["Tensor [2, 2]", "[[  1,  -2],", " [-30,   4]]"]], // prettier-ignore
    ["decimals", tensor([0.1, 100]), ["Tensor [2]", "[  0.1, 100.0]"]],
    ["thirds", tensor([1 / 3, 2 / 3]), ["Tensor [2]", "[0.333333, 0.666667]"]],
    ["float64", tensor([0.1, 0.25], { dtype: "float64" }), ["Tensor [2] float64", "[0.10, 0.25]"]],
    ["six digits", tensor([Math.PI * 1000, 1.5]), ["Tensor [2]", "[3141.59,    1.50]"]],
    ["no decimals left", tensor([123456.7, 20.25]), ["Tensor [2]", "[123457,     20]"]],
    ["small ones", tensor([0.00512345, 0.001]), ["Tensor [2]", "[0.00512345, 0.00100000]"]],
    ["a wide range", tensor([0.001, 1000.5]), ["Tensor [2]", "[1.0000e-03, 1.0005e+03]"]],
    ["tiny ones", tensor([[1e-5, -1], [2, 3]]), ["Tensor [2, 2]", "[[ 1e-05, -1e+00],", " [ 2e+00,  3e+00]]"]], // prettier-ignore
    ["huge ones", tensor([1e10, 1]), ["Tensor [2]", "[1e+10, 1e+00]"]],
    ["whole but large", tensor([16777216, 1]), ["Tensor [2]", "[16777216,        1]"]],
    ["long exponents", tensor([1e-300, 1], { dtype: "float64" }), ["Tensor [2] float64", "[1e-300,  1e+00]"]],
    ["NaN and infinity", tensor([NaN, 1, -Infinity]), ["Tensor [3]", "[      NaN,         1, -Infinity]"]],
    ["NaN beside decimals", tensor([NaN, 0.5, Infinity]), ["Tensor [3]", "[     NaN,      0.5, Infinity]"]],
    ["nothing finite", tensor([NaN, NaN]), ["Tensor [2]", "[NaN, NaN]"]],
    ["rounding up to one digit more", tensor([9.9999999, 0.5], { dtype: "float64" }), ["Tensor [2] float64", "[10.0,  0.5]"]], // prettier-ignore
    ["int32", tensor([2147483647, -1], { dtype: "int32" }), ["Tensor [2] int32", "[2147483647,         -1]"]],
    ["three axes", reshape(arange(8), [2, 2, 2]), ["Tensor [2, 2, 2]", "[[[0, 1],", "  [2, 3]],", "", " [[4, 5],", "  [6, 7]]]"]], // prettier-ignore
    ["a reversed view", flip(arange(3)), ["Tensor [3]", "[2, 1, 0]"]],
    ["axes of length 1", expandDims(tensor([1, 2]), 1), ["Tensor [2, 1]", "[[1],", " [2]]"]],
    ["a long vector", arange(2000), ["Tensor [2000]", "[   0,    1,    2, ..., 1997, 1998, 1999]"]],
    ["constants", full([2], 0.1), ["Tensor [2]", "[0.1, 0.1]"]],
  ] satisfies [string, Tensor, string[]][])("%s", (_, x, expected) => {
    expect(lines(x)).toEqual(expected);
    expect(inspect(x)).toBe(String(x));
  });

  it("shortens every long axis to its edges", () => {
    expect(lines(reshape(arange(10000), [100, 100]))).toEqual([
      "Tensor [100, 100]",
      "[[   0,    1,    2, ...,   97,   98,   99],",
      " [ 100,  101,  102, ...,  197,  198,  199],",
      " [ 200,  201,  202, ...,  297,  298,  299],",
      " ...,",
      " [9700, 9701, 9702, ..., 9797, 9798, 9799],",
      " [9800, 9801, 9802, ..., 9897, 9898, 9899],",
      " [9900, 9901, 9902, ..., 9997, 9998, 9999]]",
    ]);
    expect(lines(zeros([2, 600]))).toEqual([
      "Tensor [2, 600]",
      "[[0, 0, 0, ..., 0, 0, 0],",
      " [0, 0, 0, ..., 0, 0, 0]]",
    ]);
  });

  it("breaks rows that are longer than a line, in columns", () => {
    expect(lines(linspace(0, 1, 500)).every((line) => line.length <= 80)).toBe(true);
    expect(lines(arange(40)).slice(1)).toEqual([
      "[ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17, 18,",
      " 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37,",
      " 38, 39]",
    ]);
    const square = lines(reshape(arange(60), [2, 30]));
    expect(square[2]).toMatch(/^ {2}19, 20/);
    expect(square[3]).toMatch(/^ \[30, 31/);
  });

  it("shows an object of tensors", () => {
    expect(inspect({ w: tensor([1, 2]) })).toBe("{\n  w: Tensor [2]\n  [1, 2]\n}");
  });
});
