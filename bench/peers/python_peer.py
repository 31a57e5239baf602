"""PyTorch or OpenBLAS behind JSON lines: work is sent on stdin, the answer comes on stdout.

    python_peer.py torch|openblas THREADS

The first line out says which library answers, or {"absent": reason}. Then each line in is one request:

    {"op": "matmul", "id", "m", "k", "n", "transposeA", "transposeB", "inputs": [base64, base64]}  -> {}
    {"op": "elementwise", "id", "name", "n", "inputs": [base64, ...]}                             -> {} or {"missing": true}
    {"op": "train", "id", "activation", "batch", "batches", the layers, "adam", "judged"}         -> {}
    {"op": "time", "id", "repeats"}                                                              -> {"seconds"}
    {"op": "result", "id"}                                                                       -> {"data": base64}
    {"op": "dispose", "id"}                                                                      -> {}

Numbers are float32 in base64. The result of a network in training is the losses of its next steps. It times itself with
time.perf_counter, and ends with its stdin.
"""

import base64
import ctypes
import ctypes.util
import json
import signal
import sys
import time


class Torch:
    """Eager PyTorch, without gradients but in training; every call allocates its result, as eager code does."""

    def __init__(self, threads):
        import torch

        self.torch = torch
        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        self.version = torch.__version__
        self.threads = torch.get_num_threads()

    def read(self, text, shape):
        return self.torch.frombuffer(bytearray(base64.b64decode(text)), dtype=self.torch.float32).reshape(shape)

    def matmul(self, r):
        a = self.read(r["inputs"][0], (r["k"], r["m"]) if r["transposeA"] else (r["m"], r["k"]))
        b = self.read(r["inputs"][1], (r["n"], r["k"]) if r["transposeB"] else (r["k"], r["n"]))
        left = a.t() if r["transposeA"] else a
        right = b.t() if r["transposeB"] else b
        return lambda: self.torch.mm(left, right)

    def elementwise(self, r):
        torch, name, n = self.torch, r["name"], r["n"]
        x = [self.read(text, (n,)) for text in r["inputs"]]
        if name == "normal":
            return lambda: torch.randn(n)
        function = torch.nn.functional.softplus if name == "softplus" else getattr(torch, name, None)
        return None if function is None else lambda: function(*x)

    def train(self, r):
        return Training(self, r)

    def bytes(self, result):
        return result.contiguous().numpy().tobytes()


class Training:
    """A variational autoencoder that learns: a call is one step, and gives the loss in nats per example."""

    def __init__(self, peer, r):
        torch = self.torch = peer.torch
        torch.manual_seed(0)
        self.activation = getattr(torch, r["activation"])
        self.parameters = []

        def layer(l):
            weight = peer.read(l["weight"], (l["inputs"], l["outputs"])).t().contiguous().requires_grad_()
            bias = torch.zeros(l["outputs"], requires_grad=True)
            self.parameters += [weight, bias]
            return weight, bias

        self.encoder = [layer(l) for l in r["encoder"]]
        self.mean, self.log_variance = layer(r["mean"]), layer(r["logVariance"])
        self.decoder = [layer(l) for l in r["decoder"]]
        self.output = layer(r["output"])
        self.batch, self.judged, self.steps = r["batch"], r["judged"], 0
        self.batches = [peer.read(text, (self.batch, -1)) for text in r["batches"]]
        self.optimizer = torch.optim.Adam(self.parameters, **r["adam"])

    def loss(self, x):
        torch, functional = self.torch, self.torch.nn.functional
        h = x
        for layer in self.encoder:
            h = self.activation(functional.linear(h, *layer))
        mean, log_variance = functional.linear(h, *self.mean), functional.linear(h, *self.log_variance)
        h = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        for layer in self.decoder:
            h = self.activation(functional.linear(h, *layer))
        logits = functional.linear(h, *self.output)
        cross_entropy = functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
        return (cross_entropy + kl) / self.batch

    def __call__(self):
        x = self.batches[self.steps % len(self.batches)]
        self.steps += 1
        with self.torch.enable_grad():
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(x)
            loss.backward()
            self.optimizer.step()
        return loss.item()

    def losses(self):
        return self.torch.tensor([self() for _ in range(self.judged)])


class OpenBlas:
    """cblas_sgemm, called through ctypes into one result."""

    ROW_MAJOR, PLAIN, TRANSPOSED = 101, 111, 112

    def __init__(self, threads):
        name = ctypes.util.find_library("openblas") or "libopenblas.so.0"
        self.library = ctypes.CDLL(name)
        self.library.openblas_get_config.restype = ctypes.c_char_p
        self.library.openblas_set_num_threads(threads)
        self.version = self.library.openblas_get_config().decode()
        self.threads = self.library.openblas_get_num_threads()
        integer, real, matrix = ctypes.c_int, ctypes.c_float, ctypes.POINTER(ctypes.c_float)
        self.library.cblas_sgemm.argtypes = [
            *[integer] * 6, real, matrix, integer, matrix, integer, real, matrix, integer,
        ]  # fmt: skip
        self.library.cblas_sgemm.restype = None

    def matmul(self, r):
        m, k, n = r["m"], r["k"], r["n"]
        buffers = [bytearray(base64.b64decode(text)) for text in r["inputs"]]
        a, b = ((ctypes.c_float * (len(buffer) // 4)).from_buffer(buffer) for buffer in buffers)
        c = (ctypes.c_float * (m * n))()
        arguments = (
            self.ROW_MAJOR,
            self.TRANSPOSED if r["transposeA"] else self.PLAIN,
            self.TRANSPOSED if r["transposeB"] else self.PLAIN,
            m, n, k, 1.0,
            a, m if r["transposeA"] else k,
            b, k if r["transposeB"] else n,
            0.0, c, n,
        )  # fmt: skip

        def call():
            self.library.cblas_sgemm(*arguments)
            return c

        return call

    def elementwise(self, _):
        return None

    def bytes(self, result):
        return bytes(result)


def answer(peer, tasks, r):
    op = r["op"]
    if op in ("matmul", "elementwise", "train"):
        call = getattr(peer, op)(r)
        if call is None:
            return {"missing": True}
        tasks[r["id"]] = call
        return {}
    if op == "dispose":
        tasks.pop(r["id"], None)
        return {}
    call = tasks[r["id"]]
    if op == "result":
        result = call.losses() if isinstance(call, Training) else call()
        return {"data": base64.b64encode(peer.bytes(result)).decode()}
    repeats = range(r["repeats"])
    start = time.perf_counter()
    for _ in repeats:
        call()
    return {"seconds": (time.perf_counter() - start) / len(repeats)}


def say(message):
    print(json.dumps(message), flush=True)


def main():
    # Ctrl-C reaches the whole group; whoever started this one closes its stdin.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    library, threads = sys.argv[1], int(sys.argv[2])
    try:
        peer = {"torch": Torch, "openblas": OpenBlas}[library](threads)
    except (ImportError, OSError, AttributeError) as error:
        say({"absent": f"{type(error).__name__}: {error}"})
        return
    say({"version": peer.version, "threads": peer.threads, "python": sys.version.split()[0]})
    tasks = {}
    for line in sys.stdin:
        try:
            say(answer(peer, tasks, json.loads(line)))
        except Exception as error:  # the run goes on without this case
            say({"error": f"{type(error).__name__}: {error}"})


main()
