"""Goldens of GloVe and of truncated SVD: plain float64 by the published equations, no peer's code.

GloVe's tool is in no package registry, so its known answers are derived: Pennington, Socher and Manning (2014),
equation 8 and the weights of equation 9, trained as the C tool does (AdaGrad sums hold squares of rate · gradient;
biases are trained with rate 1; gradients are clipped before the rate is applied). Singular values are SciPy's.

    python tools/goldens/embed-glove.py
"""
import json
import math
import pathlib

import numpy
import scipy.linalg

EMBEDDINGS = pathlib.Path(__file__).resolve().parents[2] / "packages/embeddings/src"


def write(path, content):
    target = EMBEDDINGS / path
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in content.items())
    target.write_text("{\n" + lines + "\n}\n", encoding="utf8", newline="\n")
    print(path, target.stat().st_size, "bytes")


def rounded(array, digits=4):
    return numpy.array([[float(f"{v:.{digits}f}") for v in row] for row in numpy.atleast_2d(array)])


def glove(seed, words, dimensions, records, iterations, rate, x_max, alpha, clip):
    random = numpy.random.default_rng(seed)
    vectors = rounded(random.uniform(-0.5, 0.5, (2 * words, dimensions)))
    biases = rounded(random.uniform(-0.5, 0.5, 2 * words))[0]
    pairs = [
        (int(random.integers(words)), int(random.integers(words)), float(f"{random.exponential(8) + 0.05:.3f}"))
        for _ in range(records)
    ]
    start = {"vectors": vectors.tolist(), "biases": biases.tolist()}
    vector_squares = numpy.ones_like(vectors)
    bias_squares = numpy.ones_like(biases)
    costs = []
    for _ in range(iterations):
        cost = 0.0
        for word, context, x in pairs:
            i, j = word, words + context
            difference = vectors[i] @ vectors[j] + biases[i] + biases[j] - math.log(x)
            weighted = difference * (1.0 if x > x_max else (x / x_max) ** alpha)
            cost += 0.5 * weighted * difference
            step_i = numpy.clip(weighted * vectors[j], -clip, clip) * rate
            step_j = numpy.clip(weighted * vectors[i], -clip, clip) * rate
            vectors[i] -= step_i / numpy.sqrt(vector_squares[i])
            vectors[j] -= step_j / numpy.sqrt(vector_squares[j])
            vector_squares[i] += step_i**2
            vector_squares[j] += step_j**2
            for row in (i, j):
                biases[row] -= weighted / math.sqrt(bias_squares[row])
                bias_squares[row] += weighted**2
        costs.append(cost)
    return {
        "words": words, "dimensions": dimensions, "rate": rate, "xMax": x_max, "alpha": alpha, "clip": clip,
        "iterations": iterations, "pairs": pairs, **start, "costs": costs,
        "trainedVectors": vectors.tolist(), "trainedBiases": biases.tolist(),
        "vectorSquares": vector_squares.tolist(), "biasSquares": bias_squares.tolist(),
    }  # fmt: skip


def singular_values(seed, rows, columns, density):
    random = numpy.random.default_rng(seed)
    dense = rounded(random.exponential(1, (rows, columns)) * (random.random((rows, columns)) < density))
    left, values, right = scipy.linalg.svd(dense, full_matrices=False)
    return {
        "rows": rows, "columns": columns,
        "entries": [[int(i), int(j), dense[i, j]] for i, j in zip(*dense.nonzero())],
        "singularValues": values.tolist(),
        "firstThree": [left[:, :3].tolist(), right[:3].T.tolist()],
    }  # fmt: skip


write("kernels/glove/fixtures/glove.json", glove(5, 9, 7, 60, 8, rate=0.05, x_max=10, alpha=0.75, clip=100))
write("kernels/glove/fixtures/glove-clipped.json", glove(6, 5, 4, 30, 3, rate=0.3, x_max=5, alpha=1, clip=0.08))
write("spectral/fixtures/singular-values.json", singular_values(7, 60, 45, 0.3))
