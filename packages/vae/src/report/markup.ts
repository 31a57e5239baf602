// A small writer of HTML and SVG in which text cannot escape: strings are always escaped, only Markup is not.

/** A piece of finished HTML or SVG. */
export class Markup {
  readonly source: string;

  /** Trusts that `source` is well-formed; everything else in this folder is built by `element`. */
  constructor(source: string) {
    this.source = source;
  }

  toString(): string {
    return this.source;
  }
}

/** What stands inside of an element; null stands for nothing. */
export type Child = Markup | string | number | null | readonly Child[];

/** An attribute that is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters that neither XML nor HTML can hold; tab and line breaks are fine. */
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Text as it may stand between tags and inside of quoted attributes. */
export const escapeText = (text: string): string =>
  text.replace(unprintable, "\ufffd").replace(/[&<>"']/g, (character) => entities[character]);

/** Elements of HTML that have no content and no end tag. */
const voidElements: ReadonlySet<string> = new Set(["br", "col", "hr", "img", "meta"]);

/**
 * One element with its attributes and children, all escaped. It reads the same as HTML and as XML.
 * @example element("text", { x: 3 }, "a < b").source // <text x="3">a &lt; b</text>
 */
export function element(name: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  let tag = name;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) tag += ` ${key}="${escapeText(String(value))}"`;
  }
  return new Markup(voidElements.has(name) ? `<${tag} />` : `<${tag}>${write(children)}</${name}>`);
}

/** Children without an element around them. */
export const fragment = (...children: readonly Child[]): Markup => new Markup(write(children));

function write(child: Child): string {
  if (child === null) return "";
  if (child instanceof Markup) return child.source;
  if (typeof child === "string" || typeof child === "number") return escapeText(String(child));
  return child.map(write).join("");
}
