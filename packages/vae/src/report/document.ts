// A self-contained HTML page: everything that it shows is in it, and it asks for nothing.

import { type Child, element, Markup } from "./markup.js";
import { STYLE } from "./style.js";

/** No scripts, no requests: pictures from the page itself, styles from the page itself, nothing else. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A page with a heading of its own and sections. All text is escaped. */
export function htmlDocument(title: string, header: Child, sections: Child): string {
  const head = element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "color-scheme", content: "light dark" }),
    element("title", {}, title),
    element("style", {}, new Markup(STYLE)),
  );
  const body = element(
    "body",
    {},
    element("header", {}, element("h1", {}, title), header),
    element("main", {}, sections),
  );
  return `<!doctype html>\n${element("html", { lang: "en" }, head, body).source}\n`;
}

/** Figures in large type with their names and units. */
export const figureList = (
  figures: readonly { readonly name: string; readonly value: string; readonly unit: string }[],
): Markup =>
  element(
    "dl",
    { class: "figures" },
    figures.map(({ name, value, unit }) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value, element("small", {}, unit))),
    ),
  );

/** A quiet paragraph. */
export const quiet = (...text: readonly Child[]): Markup => element("p", { class: "quiet" }, ...text);

/** A part of the page under its heading. */
export const section = (title: string, kind: string | undefined, ...content: readonly Child[]): Markup =>
  element("section", { class: kind }, element("h2", {}, title), ...content);

/** Names and values in columns. */
export const settingsList = (entries: readonly (readonly [name: string, value: string])[]): Markup | null =>
  entries.length === 0
    ? null
    : element(
        "dl",
        { class: "settings" },
        entries.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
      );

/** A command to be copied. */
export const commandBlock = (command: string): Markup =>
  element("pre", {}, element("code", {}, command.split(/(\s+)/).map(unbroken)));

/** Keeps an option in one piece: browsers break lines after the hyphens that it begins with. */
const unbroken = (word: string): Child =>
  word.startsWith("-") && word.length <= 30 ? element("span", { class: "word" }, word) : word;

/** The last line: what it ran on. */
export const versionsLine = (versions: Readonly<Record<string, string>>): Markup =>
  element(
    "footer",
    {},
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(" · "),
  );
