// A process with workers that ends without stopping them: one of them asleep, one that has met a trap.

import { setTimeout as pause } from "node:timers/promises";
import { toyProgram } from "./toy-program.js";

const [{ team, exports }, failing] = [toyProgram({ threads: 3 }), toyProgram({ threads: 2, timeLimit: 100 })];
team.start();
failing.team.start();
while (team.joined() < 2 || failing.team.joined() < 1) await pause(1);
failing.trap(1);
try {
  failing.team.run(failing.exports[0], 0);
} catch {
  // What the worker's death leaves on the console is the question.
}
console.log(`${team.run(exports[0], 0)} threads`);
