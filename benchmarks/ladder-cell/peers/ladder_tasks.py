"""The cells of the comparison in numpy, and the protocol that both peers speak (see README.md)."""
import argparse
import json
import sys
import time

import numpy as np

TRAIN_SIZE = 40
BATCH = 32
TEST_STRINGS = 256
TEST_SIZES = [40, 60, 80, 160, 320]
RATE = 5e-3
CLIP = 1.0
CELL_SIZE = 8

# inputs and outputs count symbols: the alphabet and one special symbol, `begin` or `blank`, which comes last
TASKS = {
    "parity": {"network": "elman", "hidden": 16, "inputs": 3, "outputs": 2},
    "s3": {"network": "lstm", "hidden": 32, "inputs": 3, "outputs": 6},
    "reverse": {"network": "stack", "hidden": 32, "inputs": 3, "outputs": 2},
}


def _products():
    """Next element of S3 by element and generator: the swap (0 1) and the rotation (0 1 2), identity first."""
    generators = [(1, 0, 2), (1, 2, 0)]
    elements = [(0, 1, 2)]
    for element in elements:
        for generator in generators:
            product = tuple(generator[point] for point in element)
            if product not in elements:
                elements.append(product)
    return np.array([[elements.index(tuple(g[p] for p in e)) for g in generators] for e in elements])


S3 = _products()


def length_of(task, size):
    """Steps of an encoded string."""
    return 2 * size if task == "reverse" else size + 1


def strings(task, rng, size, rows):
    """inputs, targets (time, rows) int64 and scored (time) float32 of `rows` random words of a size."""
    words = rng.integers(0, 2, (size, rows))
    if task == "reverse":
        inputs = np.concatenate([words, np.full((size, rows), 2)])
        targets = np.concatenate([np.zeros((size, rows), np.int64), words[::-1]])
        return inputs, targets, np.repeat(np.float32([0, 1]), size)
    inputs = np.concatenate([np.full((1, rows), 2), words])
    if task == "parity":
        targets = np.concatenate([np.zeros((1, rows), np.int64), np.cumsum(words, 0) % 2])
    else:
        targets = np.zeros((size + 1, rows), np.int64)
        for step in range(size):
            targets[step + 1] = S3[targets[step], words[step]]
    return inputs, targets, np.ones(size + 1, np.float32)


def sizes_of(rng, steps):
    """The size of each batch."""
    return rng.integers(1, TRAIN_SIZE + 1, steps)


def rate_of(step, steps):
    """Constant for the first half, then linear to 0."""
    return RATE * min(1.0, 2 * (steps - step) / steps)


def initial_parameters(task, seed):
    """Uniform in +-1/sqrt(fan-in); the LSTM's forget gate starts at 1."""
    spec = TASKS[task]
    rng = np.random.default_rng(1000 + seed)
    hidden, inputs = spec["hidden"], spec["inputs"]
    draw = lambda fan_in, *shape: rng.uniform(-1, 1, shape).astype(np.float32) / np.float32(np.sqrt(fan_in))
    gates = 4 * hidden if spec["network"] == "lstm" else hidden
    p = {
        "input": draw(inputs, inputs, gates),
        "recurrent": draw(hidden, hidden, gates),
        "bias": draw(hidden, gates),
        "weight": draw(hidden, hidden, spec["outputs"]),
        "answer": draw(hidden, spec["outputs"]),
    }
    if spec["network"] == "lstm":
        p["bias"][hidden : 2 * hidden] = 1
    if spec["network"] == "stack":
        p.update(
            read=draw(inputs + CELL_SIZE, CELL_SIZE, hidden),
            action=draw(hidden, hidden, 3),
            action_bias=draw(hidden, 3),
            push=draw(hidden, hidden, CELL_SIZE),
            push_bias=draw(hidden, CELL_SIZE),
        )
    return p


def arguments(description, add=lambda parser: None):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--task", choices=list(TASKS), default="parity")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    add(parser)
    return parser.parse_args()


def serve(options, train, right):
    """Says that it is ready, waits for `run`, runs the cell, prints it.

    train(rng) trains and returns parameters; right(parameters, inputs, targets, scored) is the number of scored steps
    that are right in each string.
    """
    print(json.dumps({"event": "ready"}), flush=True)
    for line in sys.stdin:
        if line.strip() == "run":
            break
    start = time.perf_counter()
    parameters = train(np.random.default_rng(options.seed))
    trained = time.perf_counter()
    rng = np.random.default_rng([options.seed, 1])
    exact, tokens = [], []
    for size in TEST_SIZES:
        inputs, targets, scored = strings(options.task, rng, size, TEST_STRINGS)
        count = np.asarray(right(parameters, inputs, targets, scored))
        exact.append(float(np.mean(count == scored.sum())))
        tokens.append(float(count.sum() / (scored.sum() * TEST_STRINGS)))
    end = time.perf_counter()
    cell = {"event": "cell", "train": trained - start, "evaluate": end - trained}
    print(json.dumps({**cell, "sizes": TEST_SIZES, "exact": exact, "tokens": tokens}), flush=True)
