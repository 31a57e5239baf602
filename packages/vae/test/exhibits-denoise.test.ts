// What `denoise` shows: strips and a chart that are well-formed, and words that say who wins.

import { full, ShapeError, ArgumentError, uniform, key, zeros } from "@elbo/tensor";
import { DOMParser } from "linkedom";
import { describe, expect, test } from "vitest";
import type { NoiseKind } from "../src/data/corruption.js";
import { autoencoder } from "../src/models/autoencoder.js";
import { denoiseExhibit } from "../src/report/exhibits/denoise.js";
import { labelledStrips } from "../src/report/strips.js";
import type { Denoising, NoiseResult } from "../src/uses/denoise.js";

interface SvgNode {
  readonly tagName: string;
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<SvgNode>;
}

/** The root of a drawing in which no attribute but text for readers holds what is no number. */
function drawing(svg: string): SvgNode {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement as unknown as SvgNode;
  expect(root.tagName).toBe("svg");
  const broken = [...svg.matchAll(/ ([\w-]+)="([^"]*)"/g)].filter(
    ([, name, value]) => !["aria-label", "href"].includes(name!) && /NaN|Infinity|undefined/.test(value!),
  );
  expect(broken).toEqual([]);
  return root;
}
const texts = (svg: string): string[] => [...drawing(svg).querySelectorAll("text")].map((node) => node.textContent);

const SHORTS = ["noisy", "median", "blur", "Wiener", "denoiser", "VAE"];

/** Methods whose PSNR is 10 dB plus `lead` of the one of that name, falling by 1 dB from level to level. */
function result(kind: NoiseKind, levels: readonly number[], leads: Record<string, number>): NoiseResult {
  const column = (name: string) => ({ name, unit: "dB", better: "higher", decimals: 2 }) as const;
  return {
    kind,
    levels,
    shorts: SHORTS,
    comparison: {
      title: `${kind} noise`,
      columns: levels.map((level) => column(`PSNR, sigma ${level}`)),
      rows: SHORTS.map((method) => ({
        method,
        ours: method === "denoiser" || method === "VAE",
        values: levels.map((_, at) => 10 + (leads[method] ?? 0) - at),
      })),
    },
    examples: ["clean", ...SHORTS].map((name) => ({ name, images: uniform(key(1), [3, 4, 5]) })),
  };
}

const found = (kinds: readonly NoiseResult[]): Denoising => ({
  kinds,
  denoiser: {
    model: autoencoder({ input: [4, 5], hidden: [], latent: 1 }),
    name: "denoiser",
    trainedWith: [{ kind: "gaussian", level: 0.5 }],
    seconds: 2,
  },
  blurs: [{ noise: { kind: "gaussian", level: 0.5 }, sigma: 0.75 }],
  counts: { test: 3, components: 7, pairs: 6 },
  seed: 5,
});

describe("the exhibit", () => {
  const exhibit = denoiseExhibit(
    found([
      result("gaussian", [0.25, 0.5, 1], { denoiser: 2, Wiener: 1 }),
      result("masking", [0.5], { denoiser: 1, Wiener: 3 }),
    ]),
  );

  test("says on how many noises the denoiser wins, and by whom it is beaten", () => {
    expect(exhibit.reading).toContain("the denoiser is better than every baseline on 3 of 4 noises.");
    expect(exhibit.reading).toContain(
      "Gaussian noise of sigma 0.5: the noisy input has 9.00 dB, the best baseline (Wiener) 10.00 dB, the denoiser 11.00 dB",
    );
    expect(exhibit.reading).toContain(
      "Masking noise of share 0.5: the noisy input has 10.00 dB, the best baseline (Wiener) 13.00 dB, the denoiser 11.00 dB",
    );
    expect(exhibit.reading).toContain("trained with gaussian:0.5,");
  });

  test("has a strip for each kind with the name of each row, and one chart", () => {
    expect(exhibit.pictures.map(({ name }) => name)).toEqual(["gaussian", "masking", "psnr"]);
    for (const { svg } of exhibit.pictures.slice(0, 2)) {
      expect(texts(svg!)).toEqual(["clean", ...SHORTS]);
      expect([...drawing(svg!).querySelectorAll("image")]).toHaveLength(7);
    }
  });

  test("draws each method in each panel, and names it once", () => {
    const chart = exhibit.pictures.at(-1)!.svg!;
    const said = texts(chart);
    for (const text of ["Gaussian noise", "Masking noise", "PSNR, dB: higher is better", "sigma of the noise", "0.25"])
      expect(said).toContain(text);
    for (const short of SHORTS) expect(said.filter((text) => text === short)).toHaveLength(1);
    // Symbols: three levels and one of six methods, and three pieces of each in the legend.
    const symbols = [...drawing(chart).querySelectorAll('[aria-label="dot"]')];
    expect(symbols.reduce((total, group) => total + [...group.querySelectorAll("path,circle")].length, 0)).toBe(42);
  });

  test("states what its figures follow from", () => {
    expect(exhibit.facts).toMatchObject({
      "noise seed": 5,
      "test examples": 3,
      "training of the denoiser, seconds": 2,
    });
    expect(exhibit.facts["blur sigma, pixels"]).toBe("0.75 at gaussian:0.5");
  });

  test("leaves out what does not apply, and draws no score that is infinite", () => {
    const rows = { ...result("gaussian", [0.1, 0.11, 5], { noisy: Infinity }), examples: null };
    const plain = denoiseExhibit({ ...found([rows]), blurs: [] });
    expect(plain.pictures.map(({ name }) => name)).toEqual(["psnr"]);
    expect(texts(plain.pictures[0].svg!).length).toBeGreaterThan(8);
    expect(plain.facts).not.toHaveProperty("blur sigma, pixels");
  });
});

describe("labelled strips", () => {
  const images = full([3, 4, 2], 0.5);

  test("leave room for the longest name, and enlarge images by a whole factor", () => {
    const sizes = ["a", "a much longer name"].map((name) => {
      const svg = drawing(labelledStrips([{ name, images }]));
      const [picture] = svg.querySelectorAll("image");
      // 56 / 4: each image is 28 x 56, with gaps of 4.
      expect([picture, svg].map((node) => node.getAttribute("height"))).toEqual(["56", "56"]);
      expect(picture.getAttribute("width")).toBe(String(3 * 28 + 2 * 4));
      return Number(svg.getAttribute("width"));
    });
    expect(sizes[1]).toBeGreaterThan(sizes[0] + 100);
  });

  test("escape names, and refuse rows that do not go together", () => {
    expect(texts(labelledStrips([{ name: "a < b & c", images }]))).toEqual(["a < b & c"]);
    const other = { name: "b", images: full([2, 4, 2], 0) };
    expect(() => labelledStrips([{ name: "a", images }, other])).toThrow(/"b" is \[2, 4, 2\].* as in "a", \[3, 4, 2\]/);
    expect(() => labelledStrips([{ name: "a", images: zeros([0, 4, 2]) }])).toThrow(ShapeError);
    expect(() => labelledStrips([{ name: "a", images: zeros([8]) }])).toThrow(ShapeError);
    expect(() => labelledStrips([])).toThrow(ArgumentError);
    expect(() => labelledStrips([{ name: "a", images }], { tile: 0 })).toThrow(ArgumentError);
  });
});
