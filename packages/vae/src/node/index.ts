// What needs a file system: reading and writing files, and data sets that lie in folders.

export { FileError, readFileChecked, writeFileAtomic } from "./files.js";
export { type IdxFolderOptions, loadIdxFolder } from "./idx-folder.js";
