// Lines of a listing: text at the left, figures and places in columns at the right.

/** A line; `depth` indents it. */
export interface Line {
  readonly depth: number;
  readonly text: string;
  /** Right-aligned, such as `80.3 MFLOP`. */
  readonly figure?: string;
  /** At the very right, such as `-> arena 64, 200 KiB`. */
  readonly note?: string;
}

/** Columns of text at least and at most: what is longer pushes its own figures to the right. */
const WIDTH = { least: 40, most: 80 };

const INDENT = 2;

/** The lines as one text. */
export function listing(lines: readonly Line[]): string {
  const texts = lines.map(({ depth, text }) => " ".repeat(INDENT * depth) + text);
  const marked = texts.filter((_, i) => lines[i].figure !== undefined || lines[i].note !== undefined);
  const width = Math.min(WIDTH.most, Math.max(WIDTH.least, ...marked.map((text) => text.length)));
  const figures = Math.max(0, ...lines.map(({ figure = "" }) => figure.length));
  return lines
    .map(({ figure = "", note = "" }, i) => {
      const right = `${figures === 0 ? "" : `  ${figure.padStart(figures)}`}${note === "" ? "" : `  ${note}`}`;
      return `${right.trim() === "" ? texts[i] : texts[i].padEnd(width)}${right}`.trimEnd();
    })
    .join("\n");
}

/** Rows of cells; columns named in `right` are right-aligned, the last is as long as it is. */
export function table(rows: readonly (readonly string[])[], right: ReadonlySet<number>): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (right.has(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Words after a label, over as many lines as they need; all but the first are indented to the words. */
export function labelled(label: string, words: readonly string[]): string {
  const indent = `${label.padEnd(LABEL)} `;
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const longer = line === "" ? word : `${line}, ${word}`;
    if (longer.length > TOTAL - indent.length && line !== "") {
      lines.push(`${line},`);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((one, i) => (i === 0 ? indent : " ".repeat(indent.length)) + one).join("\n");
}

const LABEL = 10;
const TOTAL = 100;
