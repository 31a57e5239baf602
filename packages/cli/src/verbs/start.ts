// elbo start: the first run, sized to end withwithin a minute on two cores.

import { modelConfig, trainingConfig } from "@elbo/vae";
import { launcher, repeatCommand, startRun } from "@elbo/vae/node";
import { load, sourceOf } from "../data-options.js";
import { helpText, readOptions } from "../options.js";
import { executionOf, executionOptions } from "../execution-options.js";
import { interruptible } from "../interrupt.js";
import { trainingDisplay } from "../progress.js";
import { prepareToTrain } from "../switches.js";
import { freshFolder, summary } from "./train.js";

export const help = helpText(
  "elbo start: train a small VAE on the embedded digits and write its report, within a minute",
  executionOptions,
  "elbo start",
);

export async function start(args: readonly string[]): Promise<number> {
  const given = readOptions("start", executionOptions, args, []);
  if (given.options.help) {
    console.log(help);
    return 0;
  }
  const execution = executionOf(given);
  const source = { ...sourceOf(given), trainSize: 6000, testSize: 1000 };
  const training = trainingConfig({ epochs: 7, batch: 64, lr: 2e-3, seed: 1 });
  const model = modelConfig("vae", { input: [28, 28], hidden: [200], latent: 10, seed: 1 });
  const folder = freshFolder("runs/start");
  console.log(
    `A variational autoencoder learns ${source.trainSize} procedurally drawn digits. The same run as a command:`,
  );
  console.log(`  ${repeatCommand({ model, training, source })}`);
  const display = trainingDisplay("vae", training.epochs, training.batch);
  try {
    const data = await load(source);
    prepareToTrain("start");
    return await interruptible(async (signal) => {
      const events = { ...display, ...execution, signal };
      const code = summary(await startRun(folder, { model, training, source }, data, events));
      if (code === 0) console.log(`what it is good for: ${launcher()} report ${folder}`);
      return code;
    });
  } finally {
    display.stop();
  }
}
