// The uses of a model, in the order in which a report shows them.

import { anomaly } from "./anomaly.js";
import { denoise } from "./denoise.js";
import { embed } from "./embed.js";
import { generate } from "./generate.js";
import type { Use } from "./use.js";

export const uses: readonly Use[] = [embed, denoise, anomaly, generate];
