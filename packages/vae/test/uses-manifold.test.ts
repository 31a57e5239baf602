// The grid of the manifold: equal shares of the prior, the plane of the codes, and grids of one row.

import { add, ArgumentError, erfc, key, mul, normal, tensor, type Tensor } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import { principalComponents, project } from "../src/baselines/pca.js";
import { latentGrid } from "../src/uses/embed/manifold.js";
import { expectAllClose, numbers } from "./support/numbers.js";

const cdf = (x: number): number => erfc(tensor(-x * Math.SQRT1_2, { dtype: "float64" })).item() / 2;
const codes = (latent: number): Tensor =>
  add(mul(normal(key(1), [40, latent]), tensor([3, 2, 1, 0.5].slice(0, latent))), 1);

describe("latentGrid", () => {
  test("a VAE of two dimensions: Phi of the points is the regular grid of cell centres, upwards and to the right", () => {
    const { points, rows, columns, spans } = latentGrid("vae", codes(2), 4);
    expect([rows, columns, spans]).toEqual([4, 4, "prior"]);
    const centres = [7, 5, 3, 1].flatMap((up) => [1, 3, 5, 7].map((right) => [right / 8, up / 8]));
    // The points are rounded to float32; the density is at most 0.4.
    expectAllClose(numbers(points).map(cdf), centres.flat(), 1e-7);
  });

  test("elsewhere: quantiles times the deviations along the components, about the mean code", () => {
    for (const [kind, latent] of [["autoencoder", 2] as const, ["vae", 4] as const]) {
      const some = codes(latent);
      const pca = principalComponents(some);
      const { points, spans } = latentGrid(kind, some, 3);
      expect(spans).toBe("components");
      const along = numbers(project(pca, points, latent)).map((value, at) => {
        const deviation = Math.sqrt(pca.variances.data[at % latent]);
        return at % latent < 2 ? cdf(value / deviation) : value;
      });
      const rest = Array(latent - 2).fill(0);
      const centres = [5, 3, 1].flatMap((up) => [1, 3, 5].flatMap((right) => [right / 6, up / 6, ...rest]));
      // Two float32 products with numbers up to about 5.
      expectAllClose(along, centres, 1e-5);
    }
  });

  test("one dimension makes one row, and a single code a grid of copies of it", () => {
    const line = latentGrid("vae", codes(1), 5);
    expect([line.rows, line.columns, line.spans]).toEqual([1, 5, "prior"]);
    expect(line.points.shape).toEqual([5, 1]);
    const plain = latentGrid("autoencoder", codes(1), 5);
    expect([plain.rows, plain.spans]).toEqual([1, "components"]);
    expect(numbers(latentGrid("autoencoder", tensor([[1, 2, 3]]), 2).points)).toEqual([
      1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3,
    ]);
  });

  test("sizes that are none and codes with NaN are refused", () => {
    for (const size of [0, 1.5, NaN]) expect(() => latentGrid("vae", codes(2), size)).toThrow(ArgumentError);
    expect(() => latentGrid("vae", tensor([[NaN, 0]]), 2)).toThrow(ArgumentError);
  });
});
