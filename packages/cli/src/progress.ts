// Progress on the terminal: a bar with the rate, the time that is left and the current figures.

import { SingleBar } from "cli-progress";
import type { ModelKind, Progress, Report } from "@elbo/vae";
import { duration } from "@elbo/vae/report";
import { nats } from "./tables.js";

/** What a training run shows while it goes on. */
export interface TrainingDisplay {
  readonly onStep: (progress: Progress) => void;
  readonly onReport: (report: Report) => void;
  readonly stop: () => void;
}

/** A bar over all steps on a terminal; elsewhere only a line an epoch. */
export function trainingDisplay(kind: ModelKind, epochs: number, batch: number): TrainingDisplay {
  const score = kind === "vae" ? "ELBO" : "log p(x|z)";
  const scoreOf = (metrics: Report["train"]): string => nats(kind === "vae" ? metrics.elbo : metrics.reconstruction);
  const terminal = process.stderr.isTTY === true;
  const bar = new SingleBar({
    format: `epoch {epoch}/${epochs} {bar} {percentage}% | {rate} examples/s | ETA {eta_formatted} | ${score} {score}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 24,
    etaBuffer: 50,
  });
  let started = 0;
  let first = 0;
  return {
    onStep: ({ epoch, step, steps, train }) => {
      if (!terminal) return;
      const done = (epoch - 1) * steps + step;
      if (started === 0) {
        started = performance.now();
        first = done;
        bar.start(epochs * steps, done, { epoch, rate: "-", score: "-" });
        return;
      }
      const rate = ((done - first) * batch * 1000) / (performance.now() - started);
      bar.update(done, { epoch, rate: Math.round(rate), score: scoreOf(train) });
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
