// A fresh process that imports one library and multiplies: `startup.mjs SUBJECT [MODULE]` prints milliseconds as JSON.

const SIZE = 64;
const CALLS = 10;
const x = Float32Array.from({ length: SIZE * SIZE }, (_, i) => (i % 7) - 3);

/** Each imports what it needs, and gives the product as a function from JavaScript's memory to JavaScript's memory. */
const subjects = {
  node: async () => undefined,
  elbo: async () => {
    const { fromTypedArray, matmul } = await import(process.argv[3]);
    return async () => {
      const a = fromTypedArray(x, [SIZE, SIZE]);
      return matmul(a, a).data;
    };
  },
  "tfjs-wasm": async () => {
    const tf = await import("@tensorflow/tfjs-core");
    const wasm = await import("@tensorflow/tfjs-backend-wasm");
    tf.enableProdMode();
    wasm.setThreadsCount(1);
    await tf.setBackend("wasm");
    return async () => tf.tidy(() => tf.matMul(tf.tensor(x, [SIZE, SIZE]), tf.tensor(x, [SIZE, SIZE])).dataSync());
  },
  "jax-js": async () => {
    const { init, defaultDevice, jit, numpy } = await import("@jax-js/jax");
    await init("wasm");
    defaultDevice("wasm");
    const product = jit((a, b) => numpy.matmul(a, b));
    const shape = [SIZE, SIZE];
    return async () => product(numpy.array(x, { shape }), numpy.array(x, { shape })).data();
  },
  "numpy-ts": async () => {
    const np = await import("numpy-ts");
    return async () => {
      const a = np.array(x).reshape(SIZE, SIZE);
      return np.matmul(a, a).data;
    };
  },
};

const times = [performance.now()];
const product = await subjects[process.argv[2]]();
times.push(performance.now());
if (product !== undefined) {
  let result;
  for (let call = 0; call < CALLS; call++) {
    result = await product();
    times.push(performance.now());
  }
  const exact = x.subarray(0, SIZE).reduce((sum, value, k) => sum + value * x[k * SIZE], 0);
  if (result[0] !== exact) throw new Error(`the first element is ${result[0]}, not ${exact}`);
}
console.log(JSON.stringify(times.slice(1).map((time, i) => time - times[i])));
process.exit();
