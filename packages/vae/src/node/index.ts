// What needs a file system: reading and writing files, and data sets that lie in folders.

export { FileError, readFileChecked, writeFileAtomic } from "./files.js";
export { type IdxFolderOptions, loadIdxFolder } from "./idx-folder.js";
export { type CsvTableOptions, loadCsvTable } from "./csv-table.js";
export { loadPngFolder, type PngFolderOptions } from "./png-folder.js";
export { anchored, type DataSource, loadData } from "./data-source.js";
export { launcher, quoted, repeatCommand, resumeCommand, trainOptions } from "./command.js";
export { machineFacts, matmulFacts, packageVersion } from "./machine.js";
export { openRun, reportPath, requireNewRun, type Run, type RunConfig, weightsHash } from "./run-folder.js";
export { runReport, type RunPieces } from "./run-report.js";
export { resumeRun, type RunEvents, type RunOutcome, startRun } from "./train-run.js";
export { type CompanionDisplay, type CompanionEvents } from "./companion-store.js";
export { exhibitJson, writeExhibit } from "./exhibit-files.js";
export { hasChanged, loadForRun } from "./learned-data.js";
export { studyRun } from "./study-run.js";
export { rasterise } from "./rasterise.js";
export { type Expected, loadExamples } from "./examples.js";
