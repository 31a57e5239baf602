// The studies of the uses whose results the pages show: how each model is trained, and what is asked of it.

/** One study: how its model is trained, and what is asked of it. Studies with the same run share it. */
export interface Study {
  readonly use: "embed" | "denoise" | "anomaly" | "generate";
  /** The name of the run's folder in `runs/bench`. */
  readonly run: string;
  readonly train: string;
  readonly options?: string;
}

const BROAD = "--hidden 400 --latent 20 --epochs 10 --batch 128 --lr 1e-3 --seed 1";

/** By the name of the results in bench/results. What begins with `mnist` needs its files. */
export const STUDIES: Readonly<Record<string, Study>> = {
  "mnist-embed": {
    use: "embed",
    run: "mnist-2d",
    train: "--hidden 400,200 --latent 2 --epochs 20 --batch 128 --lr 1e-3 --seed 1",
  },
  "mnist-denoise": {
    use: "denoise",
    run: "mnist-denoiser",
    train:
      "--model ae --hidden 512 --latent 256 --corrupt gaussian:0.25,gaussian:0.5,gaussian:1 --epochs 10 --batch 128 --lr 1e-3 --seed 1",
  },
  "mnist-anomaly": { use: "anomaly", run: "mnist-vae", train: BROAD, options: "--epochs 40" },
  "mnist-anomaly-elbo": {
    use: "anomaly",
    run: "mnist-vae",
    train: BROAD,
    options: "--epochs 40 --score negative-elbo",
  },
  "mnist-generate": { use: "generate", run: "mnist-vae", train: BROAD },
  "sensors-anomaly": {
    use: "anomaly",
    run: "sensors",
    train:
      "--data sensors --model ae --likelihood gaussian --hidden 64,32 --latent 3 --activation tanh --epochs 40 --batch 32 --lr 1e-3 --seed 1",
  },
};

/** The commands of a study, as a page shows them. */
export const commandsOf = ({ use, run, train, options }: Study): string[] => [
  `elbo train ${train.startsWith("--data") ? "" : "--data FOLDER "}${train} --out runs/${run}`,
  `elbo ${use} runs/${run}${options === undefined ? "" : ` ${options}`}`,
];
