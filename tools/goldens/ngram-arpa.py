"""An ARPA file as SRILM lays it out, and what KenLM makes of it.

    pip install kenlm==0.3.0 && python tools/goldens/ngram-arpa.py

The model is Katz's by ngram-smoothing.py on a few lines of the bundled Shakespeare; one text word in ten is <unk>.
"""
import importlib.util
import json
import math
import pathlib

import kenlm

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "packages/pretrain/src/ngram/arpa/fixtures"
TRAIN, TEST, ORDER = 100, 30, 4

spec = importlib.util.spec_from_file_location("smoothing", pathlib.Path(__file__).with_name("ngram-smoothing.py"))
smoothing = importlib.util.module_from_spec(spec)
spec.loader.exec_module(smoothing)


def main():
    train, test = smoothing.sentences()
    train, test = [unknown(line) for line in train[:TRAIN]], [unknown(line) for line in train[TRAIN : TRAIN + TEST]]
    vocabulary = {"</s>", "<unk>"} | {word for line in train for word in line}
    test = [[word if word in vocabulary else "<unk>" for word in line] for line in [*train[-10:], *test]]
    model, _ = smoothing.katz(smoothing.count(train, ORDER), ORDER, vocabulary, [1], [1, 7])
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "katz.arpa"
    path.write_text(arpa(model), encoding="utf8", newline="\n")
    reader = kenlm.Model(str(path))
    scores = [[score for score, _, _ in reader.full_scores(" ".join(line))] for line in test]
    result = {"generator": "KenLM 0.3.0, float32, log10", "lines": [" ".join(line) for line in test], "scores": scores}
    (FOLDER / "katz.json").write_text(json.dumps(result, separators=(",", ":")) + "\n", encoding="utf8", newline="\n")
    print(path.stat().st_size, "bytes")


def unknown(line):
    return [word if sum(map(ord, word)) % 10 else "<unk>" for word in line]


def arpa(model):
    grams = {**model.probabilities, ("<s>",): 0.0}
    parts = ["\n\\data\\"]
    parts += [f"ngram {n}={sum(len(gram) == n for gram in grams)}" for n in range(1, ORDER + 1)]
    for n in range(1, ORDER + 1):
        parts.append(f"\n\\{n}-grams:")
        for gram in sorted(gram for gram in grams if len(gram) == n):
            weight = f"\t{math.log10(model.weights[gram]):.7g}" if gram in model.weights else ""
            parts.append(f"{math.log10(grams[gram]) if grams[gram] else -99:.7g}\t{' '.join(gram)}{weight}")
    return "\n".join([*parts, "\n\\end\\\n"])


main()
