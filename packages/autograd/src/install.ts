// Gives the interpreter its table and its way to undo broadcasting, once, when the package loads.

import { install } from "./core/apply.js";
import { unbroadcast } from "./rules/algebra.js";
import { table } from "./table.js";

install({ table, unbroadcast });
