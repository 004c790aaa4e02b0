"""Goldens of n-gram smoothing: Katz with Good-Turing discounts and interpolated absolute discounting.

    python tools/goldens/ngram-smoothing.py

Needs no packages. Works from SRILM's documentation (ngram-discount(7), ngram-format(5), ngram-count(1)) over dictionaries
of words, with none of the tables of the implementation: lines of the bundled Shakespeare, divided at spaces, are the
sentences; the vocabulary is closed and has the words of both parts, so that some words have no count at all.
"""
import collections
import json
import math
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = ROOT / "datasets/tiny-shakespeare/input.txt"
TARGET = ROOT / "packages/pretrain/src/fixtures/ngram-smoothing.json"
EPSILON = 3e-6  # SRILM's Prob_Epsilon
TRAIN, TEST = 1500, 250  # lines that are not empty


def sentences():
    lines = [line.split() for line in TEXT.read_text(encoding="utf8").split("\n") if line.strip() != ""]
    return lines[:TRAIN], lines[TRAIN : TRAIN + TEST]


def count(train, order):
    counts = [collections.Counter() for _ in range(order + 1)]
    for line in train:
        padded = ["<s>", *line, "</s>"]
        for length in range(1, order + 1):
            for begin in range(len(padded) - length + 1):
                gram = tuple(padded[begin : begin + length])
                if gram != ("<s>",):
                    counts[length][gram] += 1
    return counts


def good_turing(counts, maximum):
    n = collections.Counter(counts.values())
    if n[1] == 0:
        maximum = 0
    while maximum > 0 and n[maximum + 1] == 0:
        maximum -= 1
    factors = {}
    for r in range(1, maximum + 1):
        common = (maximum + 1) * n[maximum + 1] / n[1]
        factors[r] = 1.0
        if n[r] > 0 and common != 1:
            ratio = (r + 1) * n[r + 1] / (r * n[r])
            factor = (ratio - common) / (1 - common)
            if factor > EPSILON and ratio <= 1:
                factors[r] = factor
    return factors


class Backoff:
    """Probabilities of stored n-grams and weights of contexts; everything else backs off."""

    def __init__(self):
        self.probabilities = {}
        self.weights = {}

    def probability(self, gram):
        if gram in self.probabilities:
            return self.probabilities[gram]
        if len(gram) == 1:
            return 0.0
        return self.weights.get(gram[:-1], 1.0) * self.probability(gram[1:])


def katz(counts, order, vocabulary, minima, maxima):
    model = Backoff()
    all_factors = []
    for length in range(1, order + 1):
        minimum, maximum = minima[min(length, len(minima)) - 1], maxima[min(length, len(maxima)) - 1]
        factors = good_turing(counts[length], maximum)
        all_factors.append([factors[r] for r in sorted(factors)])
        followers = collections.defaultdict(dict)
        for gram, c in counts[length].items():
            followers[gram[:-1]][gram] = c
        for context, grams in followers.items():
            total = sum(grams.values())
            while True:
                estimates = {
                    gram: factors.get(c, 1.0) * c / total for gram, c in grams.items() if c >= minimum
                }
                if len(grams) == len(vocabulary) or sum(estimates.values()) <= 1 - EPSILON:
                    break
                total += 1
            model.probabilities.update(estimates)
        if length == 1:
            rest = 1 - sum(model.probabilities.values())
            absent = [word for word in vocabulary if model.probabilities.get((word,), 0) == 0]
            for word in absent or vocabulary:
                share = rest / len(absent or vocabulary)
                model.probabilities[(word,)] = model.probabilities.get((word,), 0) + share
            continue
        for context, grams in followers.items():
            stored = [gram for gram in grams if gram in model.probabilities]
            if stored:
                left = 1 - sum(model.probabilities[gram] for gram in stored)
                below = 1 - sum(model.probability(gram[1:]) for gram in stored)
                model.weights[context] = left / below
    return model, all_factors


def absolute(counts, order, vocabulary):
    discounts = []
    for length in range(1, order + 1):
        n = collections.Counter(counts[length].values())
        discounts.append(n[1] / (n[1] + 2 * n[2]))
    followers = collections.defaultdict(dict)
    for length in range(1, order + 1):
        for gram, c in counts[length].items():
            followers[gram[:-1]][gram[-1]] = c

    def probability(gram):
        context, word = gram[:-1], gram[-1]
        shorter = 1 / len(vocabulary) if len(gram) == 1 else probability(gram[1:])
        if context not in followers:
            return shorter
        seen = followers[context]
        total, discount = sum(seen.values()), discounts[len(context)]
        kept = seen[word] - discount if word in seen else 0
        return kept / total + discount * len(seen) / total * shorter

    return probability, discounts


def score(probability, order, test):
    values = []
    for line in test:
        padded = ["<s>", *line, "</s>"]
        for end in range(1, len(padded)):
            values.append(math.log(probability(tuple(padded[max(0, end - order + 1) : end + 1]))))
    return values


def main():
    train, test = sentences()
    vocabulary = {"</s>"} | {word for line in [*train, *test] for word in line}
    result = {"generator": "tools/goldens/ngram-smoothing.py, float64", "train": TRAIN, "test": TEST, "katz": [], "absolute": []}
    for order, minima, maxima in [(1, [1], [7]), (2, [1, 1], [1, 7]), (3, [1, 1, 2], [1, 7]), (4, [1, 1, 1, 2], [5, 7, 4])]:
        counts = count(train, order)
        model, factors = katz(counts, order, vocabulary, minima, maxima)
        for context in [(), ("the",), ("<s>",), ("of", "the"), ("<s>", "the"), ("never",)]:
            if len(context) < order:
                total = sum(model.probability((*context, word)) for word in vocabulary)
                assert abs(total - 1) < 1e-9, (context, total)
        values = score(model.probability, order, test)
        kept = [sum(len(gram) == length for gram in model.probabilities) for length in range(1, order + 1)]
        some = sorted(model.probabilities)[:: max(1, len(model.probabilities) // 60)]
        entries = [
            [" ".join(gram), math.log10(model.probabilities[gram]), math.log10(model.weights.get(gram, 1.0))] for gram in some
        ]
        result["katz"].append(
            {"order": order, "minimumCounts": minima, "maximumCounts": maxima, "factors": factors, "sizes": kept,
             "loss": -sum(values) / len(values), "tokens": len(values), "first": values[:40], "entries": entries}
        )
    for order in [1, 2, 3, 4]:
        probability, discounts = absolute(count(train, order), order, vocabulary)
        for context in [(), ("the",), ("<s>",), ("of", "the")]:
            if len(context) < order:
                assert abs(sum(probability((*context, word)) for word in vocabulary) - 1) < 1e-9
        values = score(probability, order, test)
        result["absolute"].append(
            {"order": order, "discounts": discounts, "loss": -sum(values) / len(values), "first": values[:40]}
        )
    text = json.dumps(result, separators=(",", ":")) + "\n"
    for key in ["\"katz\":[{", "\"absolute\":[{"]:
        text = text.replace(key, key[:-1] + "\n{")
    text = text.replace("},{\"order\"", "},\n{\"order\"")
    TARGET.write_text(text, encoding="utf8", newline="\n")
    print(TARGET, TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
