// The symmetric eigenproblem: the factors give the matrix back, and the vectors are orthonormal.

import { describe, expect, test } from "vitest";
import { eye, key, matmul, normal, symmetricEigen, tensor, transpose, type Tensor, add, mul } from "../src/index.js";

const largest = (x: Tensor): number => Math.max(...Array.from(x.data, Math.abs));

describe("symmetricEigen", () => {
  test.each([1, 2, 3, 10, 37])("n = %i: A = V diag V^T, V^T V = I, values descend", (n) => {
    const half = normal(key(n), [n, n]).cast("float64");
    const a = add(half, transpose(half));
    const { values, vectors } = symmetricEigen(a);
    // Backward stability: the residual is a small multiple of n eps |A|.
    const bound = 20 * n * 2 ** -52 * Math.max(1, largest(a) * n);
    expect(largest(matmul(mul(vectors, values), transpose(vectors)).sub(a))).toBeLessThan(bound);
    expect(largest(matmul(transpose(vectors), vectors).sub(eye(n)))).toBeLessThan(bound);
    const list = Array.from(values.data);
    expect(list).toEqual([...list].sort((x, y) => y - x));
  });

  test("a diagonal matrix, and equal eigenvalues", () => {
    expect(
      symmetricEigen(
        tensor([
          [1, 0],
          [0, 3],
        ]),
      ).values.toArray(),
    ).toEqual([3, 1]);
    expect(symmetricEigen(eye(4)).values.toArray()).toEqual([1, 1, 1, 1]);
  });

  test("refuses what is not square or not finite", () => {
    expect(() => symmetricEigen(tensor([[1, 2, 3]]))).toThrow("square");
    expect(() => symmetricEigen(tensor([[NaN]]))).toThrow("finite");
  });
});
