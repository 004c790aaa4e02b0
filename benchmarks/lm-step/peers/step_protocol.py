"""What the peers share: configurations, corpus, initial parameters, options, timing and the line protocol.

Both peers train the same model on the same batches from the same initial parameters (numpy's generator, --seed), so
their losses can be compared step by step with each other and with elman's. LSTMs have one trained bias: PyTorch's
second one (bias_hh) stays at zero unless --two-biases is given, because it would double the bias's step.
"""
import argparse
import collections
import json
import os
import pathlib
import platform
import statistics
import sys
import time

CONFIGS = {
    # Zaremba et al. 2014, small and medium, without dropout
    "small": dict(embedding=200, hidden=[200, 200], tied=False, batch=20, bptt=20, clip=5.0, rate=1.0, init=0.1),
    "medium": dict(embedding=650, hidden=[650, 650], tied=False, batch=20, bptt=35, clip=5.0, rate=1.0, init=0.05),
    # widths of Merity et al. 2018, tied, without dropout
    "awd-like": dict(embedding=400, hidden=[1150, 1150, 400], tied=True, batch=20, bptt=70, clip=0.25, rate=1.0, init=0.05),
}


def arguments(description, extra=lambda parser: None):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", required=True, help="folder with ptb.train.txt, or with a folder ptb that has it")
    parser.add_argument("--config", choices=CONFIGS, default="medium")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=30, help="timed steps")
    parser.add_argument("--warmup", type=int, default=5, help="steps before them")
    parser.add_argument("--seed", type=int, default=1, help="of the initial parameters")
    parser.add_argument("--bf16", action="store_true", help="matrix products in bfloat16")
    parser.add_argument("--two-biases", action="store_true", help="train bias_hh as well, as nn.LSTM does by default")
    parser.add_argument("--no-gemm", action="store_true", help="do not measure the engine's matrix product rate")
    parser.add_argument("--dump", help="folder for the initial parameters (raw float32), the token ids and the losses")
    parser.add_argument("--interleave", action="store_true", help="serve 'run N', 'gemm', 'quit' lines on stdin")
    extra(parser)
    return parser.parse_args()


def corpus(folder):
    """PTB's training text as ids: words by falling count, then by code point; <eos> after every line."""
    root = pathlib.Path(folder)
    path = next((p for p in (root / "ptb.train.txt", root / "ptb" / "ptb.train.txt") if p.exists()), None)
    if path is None:
        raise SystemExit(f"no ptb.train.txt in {root} or {root / 'ptb'}")
    words = []
    for line in path.read_text(encoding="utf8").splitlines():
        words += line.split() + ["<eos>"]
    count = collections.Counter(words)
    index = {w: i for i, w in enumerate(sorted(count, key=lambda w: (-count[w], w)))}
    return [index[w] for w in words], len(index)


class Batches:
    """Endless (inputs, targets) of shape (bptt, batch); `fresh` tells that the state starts at zero again."""

    def __init__(self, ids, batch, bptt):
        import numpy as np

        self.length = len(ids) // batch
        self.stream = np.asarray(ids[: batch * self.length], np.int32).reshape(batch, self.length).T.copy()
        self.bptt, self.position = bptt, 0

    def next(self):
        if self.position + self.bptt + 1 > self.length:
            self.position = 0
        start, fresh = self.position, self.position == 0
        self.position += self.bptt
        return self.stream[start : start + self.bptt], self.stream[start + 1 : start + self.bptt + 1], fresh


def initial_parameters(config, vocabulary, seed, two_biases):
    """float32 arrays by PyTorch's names; uniform in +-init."""
    import numpy as np

    random = np.random.default_rng(seed)
    uniform = lambda *shape: random.uniform(-config["init"], config["init"], shape).astype(np.float32)
    widths = [config["embedding"], *config["hidden"]]
    parameters = {"embedding.weight": uniform(vocabulary, widths[0])}
    for i, (before, width) in enumerate(zip(widths, widths[1:])):
        parameters[f"rnns.{i}.weight_ih_l0"] = uniform(4 * width, before)
        parameters[f"rnns.{i}.weight_hh_l0"] = uniform(4 * width, width)
        parameters[f"rnns.{i}.bias_ih_l0"] = uniform(4 * width)
        parameters[f"rnns.{i}.bias_hh_l0"] = uniform(4 * width) if two_biases else np.zeros(4 * width, np.float32)
    if not config["tied"]:
        parameters["decoder.weight"] = uniform(vocabulary, widths[-1])
    parameters["decoder.bias"] = uniform(vocabulary)
    return parameters


def step_flops(config, vocabulary):
    """Multiply-adds x 2 of the matrix products, forward and backward (three times forward)."""
    widths = [config["embedding"], *config["hidden"]]
    layers = sum(4 * b * (a + b) for a, b in zip(widths, widths[1:]))
    return 3 * 2 * config["batch"] * config["bptt"] * (layers + widths[-1] * vocabulary)


def logits_shape(config, vocabulary):
    return [config["batch"] * config["bptt"], config["hidden"][-1], vocabulary]


def product_rates(config, vocabulary, product):
    """GFLOP/s at 1024^3 and at the logits' shape. `product(m, k, n)` returns a function that does x @ w^T once."""

    def rate(m, k, n, seconds=0.5):
        run = product(m, k, n)
        run()
        times = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(times) < 3:
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
        return round(2 * m * k * n / statistics.median(times) / 1e9, 1)

    shape = logits_shape(config, vocabulary)
    return {"square": rate(1024, 1024, 1024), "logits": rate(*shape), "logitsShape": shape}


def timed(step, count):
    losses, milliseconds = [], []
    for _ in range(count):
        start = time.perf_counter()
        losses.append(step())
        milliseconds.append(round((time.perf_counter() - start) * 1e3, 3))
    return losses, milliseconds


def summary(milliseconds, config, vocabulary):
    median = statistics.median(milliseconds)
    return {
        "ms": round(median, 3),
        "msMin": min(milliseconds),
        "tokensPerSecond": round(config["batch"] * config["bptt"] / median * 1e3),
        "gflops": round(step_flops(config, vocabulary) / median / 1e6, 1),
    }


def dump_initial(folder, parameters, ids, trained):
    """NAME.f32 (row-major float32), ids.i32 and manifest.json with the shapes."""
    import numpy as np

    os.makedirs(folder, exist_ok=True)
    for name, value in parameters.items():
        value.tofile(os.path.join(folder, f"{name}.f32"))
    np.asarray(ids, np.int32).tofile(os.path.join(folder, "ids.i32"))
    shapes = {name: list(value.shape) for name, value in parameters.items()}
    write_json(folder, "manifest.json", {"shapes": shapes, "trained": trained, "tokens": len(ids)})


def write_json(folder, name, value):
    pathlib.Path(folder, name).write_text(json.dumps(value), encoding="utf8")


def say(value):
    print(json.dumps(value), flush=True)


def run(options, engine, version, vocabulary, step, product, parameter_count, facts):
    """The whole life of a peer once its `step` is ready: one JSON line, or the line protocol."""
    config = CONFIGS[options.config]
    start = time.perf_counter()
    losses, _ = timed(step, options.warmup)
    head = {
        "engine": engine, "version": version, "config": options.config, "threads": options.threads,
        "bf16": options.bf16, "twoBiases": options.two_biases, **facts,
        "vocabulary": vocabulary, "parameters": parameter_count, "tokensPerStep": config["batch"] * config["bptt"],
        "gflopPerStep": round(step_flops(config, vocabulary) / 1e9, 3),
        "warmupSteps": options.warmup, "warmupSeconds": round(time.perf_counter() - start, 2),
        "python": platform.python_version(),
    }
    rates = lambda: product_rates(config, vocabulary, product)
    if options.interleave:
        say({"event": "ready", **head, "losses": losses})
        losses += serve(step, rates, lambda ms: summary(ms, config, vocabulary))
    else:
        later, milliseconds = timed(step, options.steps)
        losses += later
        gemm = {} if options.no_gemm else {"gemm": rates()}
        say({**head, "steps": options.steps, **summary(milliseconds, config, vocabulary), "losses": losses, **gemm})
    if options.dump:
        write_json(options.dump, "losses.json", losses)


def serve(step, rates, summarise):
    """Reads commands until 'quit' or the end of stdin; between them the process sleeps in the read."""
    all_losses, block = [], 0
    for line in iter(sys.stdin.readline, ""):
        words = line.split()
        if not words:
            continue
        if words == ["quit"]:
            break
        if words == ["gemm"]:
            say({"event": "gemm", "gemm": rates()})
        elif len(words) == 2 and words[0] == "run" and words[1].isdigit() and int(words[1]) > 0:
            losses, milliseconds = timed(step, int(words[1]))
            all_losses += losses
            block += 1
            say({"event": "block", "block": block, "steps": len(losses), **summarise(milliseconds), "times": milliseconds, "losses": losses})
        else:
            say({"event": "error", "message": f"expected 'run N', 'gemm' or 'quit', found {line.strip()!r}"})
    return all_losses
