// Running with a changed table: how tests show that a wrong rule is noticed.

import { type Engine, engine, install } from "../core/apply.js";

/** Runs `body` under the engine that `change` makes of the present one, and puts the present one back afterwards. */
export function withEngine<R>(change: (present: Engine) => Engine, body: () => R): R {
  const present = engine();
  install(change(present));
  try {
    return body();
  } finally {
    install(present);
  }
}
