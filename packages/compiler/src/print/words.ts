// Folds in words.

/** `sum over columns`: each row becomes one number; with more axes than two, which axes vanish. */
export function foldText(folding: string, kind: "rows" | "columns", boundary: number, axes: number): string {
  const vanishing = kind === "rows" ? axes - boundary : boundary;
  if (vanishing === axes) return `${folding} over all`;
  if (axes === 2) return `${folding} over ${kind === "rows" ? "columns" : "rows"}`;
  const which = kind === "rows" ? "last" : "first";
  return `${folding} over the ${which} ${vanishing === 1 ? "axis" : `${vanishing} axes`}`;
}
