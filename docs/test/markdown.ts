// A page of Markdown as a program: its TypeScript blocks as one module, the code that it quotes, the files it links to.

/** Code that a page shows from a file. Each part must stand in the file, in this order. */
export interface Quote {
  readonly line: number;
  readonly path: string;
  readonly parts: readonly string[];
}

/** A link or an image that points into the repository. */
export interface Link {
  readonly line: number;
  readonly target: string;
}

export interface Page {
  /** Line n of the module is line n of the page, so that every error, of whatever kind, names the page's line. */
  readonly module: string;
  /** The number of blocks that run. */
  readonly blocks: number;
  /** The number of comments that became checks. */
  readonly checks: number;
  readonly quotes: readonly Quote[];
  readonly links: readonly Link[];
}

interface Block {
  /** What stands behind the opening fence. */
  readonly info: string;
  /** The page's line of the first line of code. */
  readonly line: number;
  readonly code: readonly string[];
}

/** Reads a page. `checker` is the URL of the module that has `check`, `prints` and `throws`. */
export function readPage(name: string, text: string, checker: string): Page {
  const lines = text.split(/\r?\n/);
  const { blocks, prose } = divide(name, lines);
  const running = blocks.filter(({ info }) => info === "ts");
  const module = lines.map(() => "");
  let checks = 0;
  for (const block of running) {
    const code = withChecks(name, block);
    module.splice(block.line - 1, code.lines.length, ...code.lines);
    checks += code.checks;
  }
  for (const { name: value, block } of blocks.flatMap(listingOf)) {
    const text = JSON.stringify(block.code.join("\n"));
    module[block.line - 2] = `$prints(${value}, ${text}, ${JSON.stringify(`${name}:${block.line}`)});`;
    checks++;
  }
  const imports = `import { check as $check, prints as $prints, throws as $throws } from ${JSON.stringify(checker)};`;
  return {
    module: [`${imports} ${module[0]}`, ...module.slice(1)].join("\n"),
    blocks: running.length,
    checks,
    quotes: blocks.flatMap(quotesOf),
    links: prose.flatMap(linksOf),
  };
}

/** The fenced blocks, and the page with blank lines in their place. The indentation of a fence is taken off its code. */
function divide(name: string, lines: readonly string[]): { blocks: Block[]; prose: string[] } {
  const blocks: Block[] = [];
  const prose = [...lines];
  for (let at = 0; at < lines.length; at++) {
    const open = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(lines[at]);
    if (open === null) continue;
    const [, indent, fence, info] = open;
    const isClosing = (line: string): boolean => new RegExp(`^\\s*${fence[0]}{${fence.length},}\\s*$`).test(line);
    const end = lines.findIndex((line, i) => i > at && isClosing(line));
    if (end < 0) throw new Error(`${name}:${at + 1}: this block has no end`);
    const code = lines.slice(at + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    blocks.push({ info: info.trim(), line: at + 2, code });
    prose.fill("", at, end + 1);
    at = end;
  }
  return { blocks, prose };
}

const EXPECTATION = /^(.*);\s*\/\/ (.*)$/;
const VALUE = /^(?:[-[{"\d]|(?:true|false|null|NaN|Infinity)\b)/;
const ERROR = /^throws (\w+)(?:: (.*))?$/;
const NO_EXPRESSION = /^(?:const|let|var|import|export|async function|function|class|interface|type|for|while|if)\b/;

/**
 * The code of a block with its expectations as calls. An expectation stands behind the semicolon of an expression that
 * begins at the left margin, on this line or above: lines that are indented or begin with `)`, `]`, `}` or `.` go on
 * with the one before. Everything else, such as a comment behind a declaration or inside a function, stays as it is.
 */
function withChecks(name: string, { line, code }: Block): { lines: string[]; checks: number } {
  const lines = [...code];
  let checks = 0;
  code.forEach((text, last) => {
    const [, end, expected] = EXPECTATION.exec(text) ?? [];
    if (end === undefined || !(VALUE.test(expected) || ERROR.test(expected))) return;
    let first = last;
    while (first > 0 && /^[\s)\]}.]/.test(code[first])) first--;
    if (NO_EXPRESSION.test(code[first]) || (/^\s/.test(text) && !isContinuation(code, first, last))) return;
    const [, error, message = ""] = ERROR.exec(expected) ?? [];
    const where = JSON.stringify(`${name}:${line + last}`);
    const isAsync = code.slice(first, last + 1).some((part) => /\bawait\b/.test(part));
    const open = error === undefined ? "$check((" : isAsync ? "await $throws(async () => (" : "$throws(() => (";
    const rest = error === undefined ? [expected] : [error, message];
    lines[last] = `${end}), ${rest.map((part) => JSON.stringify(part)).join(", ")}, ${where});`;
    lines[first] = open + lines[first];
    checks++;
  });
  return { lines, checks };
}

/** True where the lines between are one statement: none of them ends one or opens a body. */
const isContinuation = (code: readonly string[], first: number, last: number): boolean =>
  code.slice(first, last).every((text) => !/[;{}]\s*(?:\/\/.*)?$/.test(text));

/** A block marked `text is name`: what the value of that name prints. */
function listingOf(block: Block): { readonly name: string; readonly block: Block }[] {
  const name = /^text is (\w+)$/.exec(block.info)?.[1];
  return name === undefined ? [] : [{ name, block }];
}

/** A block marked `ts quote path`; a line `// ...` in it stands for what is left out. */
function quotesOf({ info, line, code }: Block): Quote[] {
  const path = /^ts quote (\S+)$/.exec(info)?.[1];
  const parts = code.join("\n").split(/^\s*\/\/ \.\.\.$/m);
  return path === undefined ? [] : [{ line, path, parts }];
}

/** True where the parts stand in the source one after another; white space does not count. */
export function isQuotedFrom(source: string, parts: readonly string[]): boolean {
  const bare = (text: string): string => text.replaceAll(/\s+/g, "");
  let rest = bare(source);
  for (const part of parts.map(bare)) {
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
  }
  return true;
}

/** `[text](target)`, `![text](target)`, `[name]: target`, `src="target"` and `href="target"`, without `#part`. */
function linksOf(text: string, index: number): Link[] {
  const LINK = /\]\(<?([^()\s>]+)>?(?:\s+"[^"]*")?\)|^\s*\[[^\]]+\]:\s+<?([^\s>]+)|(?:src|srcset|href)="([^"]+)"/g;
  return [...text.replaceAll(/`[^`]*`/g, "").matchAll(LINK)]
    .map(([, inline, reference, attribute]) => (inline ?? reference ?? attribute).replace(/#.*$/, ""))
    .filter((target) => target !== "" && !/^(?:[a-z][a-z+.-]*:|\/\/)/i.test(target))
    .map((target) => ({ line: index + 1, target }));
}
