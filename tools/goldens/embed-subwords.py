"""Goldens of fastText's sub-words: n-grams, their rows and word vectors of a tiny model.

Needs the `fasttext` command (Debian: apt install fasttext), version 0.9.2; no Python packages. The learning rate is 0,
so that the rows keep their first, seeded values and a rerun writes the same file; 12 threads, because fastText fills
only as many tenths of the matrix as it has threads.
"""
import json
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "packages/embeddings/src/subwords/fixtures/subwords.json"
KNOWN = ["the", "a", "I", "where", "aaaa", "café", "naïve", "Ünïcode", "жук", "東京都", "𝔸𝔹", "don't", "über-groß"]
UNKNOWN = ["there", "x", "é", "cafés", "Жуки", "東", "🙂🙃", "<>", "e\u0301te\u0301"]
CASES = [
    {"minimum": 3, "maximum": 6, "buckets": 100},
    {"minimum": 1, "maximum": 3, "buckets": 89},
    {"minimum": 2, "maximum": 2, "buckets": 50},
]


def main():
    cases = [case(**rules) for rules in CASES]
    head = "fastText 0.9.2 (Debian), -dim 3 -lr 0 -thread 12; numbers as printed"
    lines = ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(f'{{"generator":"{head}","cases":[\n{lines}\n]}}\n', encoding="utf8", newline="\n")
    print(TARGET, TARGET.stat().st_size, "bytes")


def case(minimum, maximum, buckets):
    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path(folder, "text")
        text.write_text("\n".join(" ".join(KNOWN[: i + 1]) for i in range(len(KNOWN))) + "\n", encoding="utf8")
        model = str(pathlib.Path(folder, "model"))
        options = ["-dim", "3", "-lr", "0", "-thread", "12", "-epoch", "1", "-minCount", "1"]
        spelling = ["-minn", str(minimum), "-maxn", str(maximum), "-bucket", str(buckets)]
        run("skipgram", "-input", str(text), "-output", model, *options, *spelling)
        model += ".bin"
        words = [line.split(" ")[0] for line in run("dump", model, "dict").splitlines()[1:]]
        matrix = [numbers(line) for line in run("dump", model, "input").splitlines()[1:]]
        asked = words + UNKNOWN
        vectors = run("print-word-vectors", model, given="\n".join(asked) + "\n").splitlines()
        return {
            "minimum": minimum,
            "maximum": maximum,
            "buckets": buckets,
            "words": words,
            "matrix": matrix,
            "vectors": [[word, numbers(line[len(word) + 1 :])] for word, line in zip(asked, vectors, strict=True)],
            "ngrams": [[word, ngrams(model, word)] for word in asked],
        }


def ngrams(model, word):
    rows = [line.rstrip().rsplit(" ", 3) for line in run("print-ngrams", model, word).splitlines()]
    return [[ngram, *map(float, values)] for ngram, *values in rows]


def numbers(line):
    return [float(value) for value in line.split()]


def run(*arguments, given=None):
    done = subprocess.run(["fasttext", *arguments], input=given, capture_output=True, check=True, encoding="utf8")
    return done.stdout


main()
