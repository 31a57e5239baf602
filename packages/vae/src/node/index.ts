// What needs a file system: reading and writing files, and data sets that lie in folders.

export { FileError, readFileChecked, writeFileAtomic } from "./files.js";
export { type IdxFolderOptions, loadIdxFolder } from "./idx-folder.js";
export { anchored, type DataSource, loadData } from "./data-source.js";
export { launcher, repeatCommand, resumeCommand, trainOptions } from "./command.js";
export { machineFacts, matmulFacts, packageVersion } from "./machine.js";
export { openRun, reportPath, requireNewRun, type Run, type RunConfig, weightsHash } from "./run-folder.js";
export { runReport, type RunPieces } from "./run-report.js";
export { resumeRun, type RunEvents, type RunOutcome, startRun } from "./train-run.js";
