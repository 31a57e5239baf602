// Progress on the terminal: a bar with the rate, the time that is left and the current figures.

import { SingleBar } from "cli-progress";
import type { ModelKind, Progress, Report, RunFacts } from "@elbo/vae";
import { duration } from "@elbo/vae/report";
import { executionLine } from "./execution-options.js";
import { nats } from "./tables.js";

/** What a training run shows while it goes on. */
export interface TrainingDisplay {
  readonly onRun: (facts: RunFacts) => void;
  readonly onStep: (progress: Progress) => void;
  readonly onReport: (report: Report) => void;
  readonly stop: () => void;
}

/** Without a terminal, a line at most so often, in milliseconds. */
const PLAIN_EVERY = 15_000;

/** A bar over all steps of the run on a terminal; elsewhere a line an epoch, and one now and then within long ones. */
export function trainingDisplay(kind: ModelKind, epochs: number, batch: number): TrainingDisplay {
  const score = kind === "vae" ? "ELBO" : "log p(x|z)";
  const scoreOf = (metrics: Report["train"]): string => nats(kind === "vae" ? metrics.elbo : metrics.reconstruction);
  const terminal = process.stderr.isTTY === true;
  const bar = new SingleBar({
    format: `epoch {epoch}/${epochs} {bar} {percentage}% of the run | {rate} examples/s | ETA {eta_formatted} | train ${score} {score}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 24,
    etaBuffer: 50,
  });
  let started = 0;
  let first = 0;
  let told = 0;
  return {
    onRun: (facts) => console.log(executionLine(facts)),
    onStep: ({ epoch, step, steps, train }) => {
      const done = (epoch - 1) * steps + step;
      const now = performance.now();
      if (started === 0) {
        started = now;
        told = now;
        first = done;
        if (terminal) bar.start(epochs * steps, done, { epoch, rate: "-", score: "-" });
        return;
      }
      const perSecond = ((done - first) * 1000) / (now - started);
      const rate = Math.round(perSecond * batch);
      if (terminal) bar.update(done, { epoch, rate, score: scoreOf(train) });
      else if (now - told > PLAIN_EVERY) {
        told = now;
        const left = duration((epochs * steps - done) / perSecond);
        console.log(
          `epoch ${epoch}/${epochs}, step ${step}/${steps}  train ${score} ${scoreOf(train)}  ${rate} examples/s, ${left} left`,
        );
      }
    },
    onReport: ({ epoch, seconds, train, test }) => {
      const parts = kind === "vae" ? ` (reconstruction ${nats(test.reconstruction)}, KL ${nats(test.kl)})` : "";
      const line = `epoch ${epoch}/${epochs}  train ${score} ${scoreOf(train)}  test ${score} ${scoreOf(test)}${parts}  ${duration(seconds)}`;
      if (terminal) process.stderr.write("\r\u001b[K");
      console.log(line);
    },
    stop: () => bar.stop(),
  };
}

/** A count that grows, rewritten in place on a terminal and silent elsewhere. */
export function counter(what: string): (done: number, total: number) => void {
  const started = performance.now();
  return (done, total) => {
    if (process.stderr.isTTY !== true) return;
    const left = ((performance.now() - started) / 1000 / done) * (total - done);
    process.stderr.write(done < total ? `\r\u001b[K${what} ${done}/${total} | ETA ${duration(left)}` : "\r\u001b[K");
  };
}
