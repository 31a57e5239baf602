import { digits, fit, vae, nll, runKeys } from "@elbo/vae";
const data = digits({ train: 10_000, test: 1_000, seed: 7 });
const model = vae({ input: [28, 28], hidden: [200, 200], latent: 20, likelihood: "bernoulli" });
for await (const report of fit(model, data, { epochs: 3, batch: 100, seed: 1 })) console.log(report);
