// Loads a package of this folder: an import is resolved from the file that it stands in.

/** The module of an installed peer; its types are not here, so the caller says what it uses. */
export const load = (name: string): Promise<unknown> => import(name);
