// The published identity of the digits: what every runtime must reproduce bit for bit.

/**
 * SHA-256 over the bytes of `digits()` with seed 0: the pixels of all images in order (0 .. 255, row-major), then all
 * labels, one byte each. Any change to the images raises the version.
 */
export const published = {
  version: 1,
  seed: 0,
  train: { count: 60_000, sha256: "7d3e374561313fd70c4a4e421d59cebcdaf4740f86fe8d149145bfca5637ede7" },
  test: { count: 10_000, sha256: "32cd847f8b3dfaf83ac6d41b3a33e5ad11b6417df570382f188a72c1e62749e8" },
} as const;
