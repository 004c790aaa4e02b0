"""Small files of word vectors made by the tools that own their formats: fasttext 0.9.2 (command) and gensim 4.4.

Writes packages/embeddings/src/files/fixtures/. Needs `fasttext` on the PATH, and gensim and numpy in Python:

    python tools/goldens/embed-files.py            make the fixtures
    python tools/goldens/embed-files.py check DIR  read with gensim and fasttext what embed-files.ts wrote into DIR

fasttext trains on one thread, so its files come out the same each time on one kind of machine.
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_model

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "packages/embeddings/src/files/fixtures"
KNOWN = ["the", "größer", "東京", "été", "</s>", "w7"]
UNKNOWN = ["unheard", "größte", "東京都", "naïveté", "x", "<", "😀😀"]
SENTENCES = ["the größer w7", "nothing known éé here", "東京 the the"]
# One line each: what fasttext is called with.
MODELS = {
    "skipgram": "skipgram -dim 6 -minn 2 -maxn 4 -bucket 300 -epoch 3",
    "cbow-hs": "cbow -loss hs -dim 5 -minn 3 -maxn 5 -bucket 200 -epoch 3",
    "no-subwords": "skipgram -dim 4 -maxn 0 -epoch 3",
    "supervised": "supervised -dim 6 -minn 2 -maxn 3 -bucket 300 -wordNgrams 2 -epoch 5 -loss softmax",
    "one-vs-all": "supervised -dim 4 -epoch 5 -loss ova",
}


def text():
    """Lines of a few dozen words, some beyond ASCII, with a label each."""
    generator = random.Random(3)
    words = ["the", "größer", "東京", "été", "naïve", "Ωmega"] + [f"w{i}" for i in range(18)]
    plain, labelled = [], []
    for _ in range(300):
        line = " ".join(generator.choice(words) for _ in range(generator.randint(3, 9)))
        plain.append(line)
        labelled.append(f"__label__{'east' if '東京' in line else 'west'} {line}")
    return "\n".join(plain) + "\n", "\n".join(labelled) + "\n"


def fasttext(*arguments, stdin=None):
    done = subprocess.run(["fasttext", *arguments], input=stdin, capture_output=True, check=True)
    return done.stdout.decode("utf8")


def word_vectors(model, words):
    lines = fasttext("print-word-vectors", str(model), stdin=("\n".join(words) + "\n").encode()).splitlines()
    rows = [line.split(" ") for line in lines]
    return {row[0]: [float(v) for v in row[1:] if v] for row in rows}


def sentence_vectors(model, sentences):
    lines = fasttext("print-sentence-vectors", str(model), stdin=("\n".join(sentences) + "\n").encode()).splitlines()
    return [[float(v) for v in line.split(" ") if v] for line in lines]


def describe(model):
    words = [w for w in KNOWN + UNKNOWN if w != "</s>"]
    return {"words": word_vectors(model, words), "sentences": sentence_vectors(model, SENTENCES)}


def make_fasttext(folder):
    plain, labelled = text()
    (folder / "plain.txt").write_text(plain, encoding="utf8")
    (folder / "labelled.txt").write_text(labelled, encoding="utf8")
    goldens = {"sentences": SENTENCES, "models": {}}
    for name, options in MODELS.items():
        corpus = folder / ("labelled.txt" if options.startswith("supervised") else "plain.txt")
        target = folder / name
        command, *rest = options.split(" ")
        common = ["-thread", "1", "-minCount", "1", "-verbose", "0"]
        fasttext(command, "-input", str(corpus), "-output", str(target), *rest, *common)
        (FIXTURES / f"{name}.bin").write_bytes((folder / f"{name}.bin").read_bytes())
        goldens["models"][name] = describe(folder / f"{name}.bin")
    (FIXTURES / "skipgram.vec").write_bytes((folder / "skipgram.vec").read_bytes())
    quantise(folder, goldens, "supervised-quantised", [])
    quantise(folder, goldens, "supervised-pruned", ["-cutoff", "280", "-qnorm"])
    write_json("fasttext.json", goldens)


def quantise(folder, goldens, name, options):
    # Quantisation needs 256 rows or more.
    target = folder / name
    corpus = str(folder / "labelled.txt")
    shape = "-dim 6 -minn 2 -maxn 3 -bucket 300 -wordNgrams 2 -epoch 5 -thread 1 -minCount 1 -verbose 0".split(" ")
    fasttext("supervised", "-input", corpus, "-output", str(target), *shape)
    fasttext("quantize", "-input", corpus, "-output", str(target), "-thread", "1", *options)
    (FIXTURES / f"{name}.ftz").write_bytes((folder / f"{name}.ftz").read_bytes())
    goldens["models"][name] = describe(folder / f"{name}.ftz")


def make_gensim():
    words = ["the", "größer", "東京", "new york", "a\u00a0b", "</s>"]
    generator = np.random.default_rng(4)
    vectors = KeyedVectors(vector_size=5)
    matrix = generator.normal(size=(len(words), 5)).astype(np.float32)
    vectors.add_vectors(words, matrix)
    vectors.save_word2vec_format(str(FIXTURES / "gensim.txt"), binary=False)
    binary = KeyedVectors(vector_size=5)
    plain = [w for w in words if " " not in w]
    binary.add_vectors(plain, matrix[[words.index(w) for w in plain]])
    binary.save_word2vec_format(str(FIXTURES / "gensim.bin"), binary=True)
    for name, dtype in (("half", "<f2"), ("single", "<f4"), ("double", "<f8")):
        np.save(FIXTURES / f"{name}.npy", matrix.astype(dtype))
        (FIXTURES / f"{name}.vocab.txt").write_text("".join(f"{w}\n" for w in words), encoding="utf8", newline="\n")
    np.save(FIXTURES / "fortran.npy", np.asfortranarray(matrix))
    np.save(FIXTURES / "objects.npy", np.array([["a", 1]], dtype=object), allow_pickle=True)
    write_json("gensim.json", {"words": words, "matrix": [[float(v) for v in row] for row in matrix]})


def make_numbers():
    """float32 numbers as C's printf writes them: random ones of many sizes, exact ties, limits."""
    generator = np.random.default_rng(6)
    values = [float(np.float32(generator.normal() * 10.0**e)) for e in range(-12, 13) for _ in range(8)]
    values += [(2 * i + 1) / 128 for i in range(40)] + [-(2 * i + 1) / 2**11 for i in range(40)]
    values += [0.0, -0.0, 1.0, 99999.0, 99999.5, 100000.5, 12345.5, 9.99995, 0.000099999, 0.0001, 0.00012345, 16777216.0]
    values += [3.4028234663852886e38, 1.401298464324817e-45, 0.5, 1e9, 9e9, 1e10, 1e20]
    values = [float(np.float32(v)) for v in values]
    write_json("numbers.json", [[v, "%.6f" % v, "%.5g" % v] for v in values])


def write_json(name, content):
    text_ = json.dumps(content, ensure_ascii=False).replace("], [", "],\n [")
    (FIXTURES / name).write_text(text_ + "\n", encoding="utf8", newline="\n")


def check(folder):
    """Reads what elman wrote: names tell the format, `expected.json` has words and vectors."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf8"))
    matrix = np.array(expected["matrix"], dtype=np.float32)
    for name, binary, header in (
        ("exact.txt", False, True),
        ("word2vec.bin", True, True),
        ("no-line-feeds.bin", True, True),
        ("glove.txt", False, False),
        ("six-decimals.txt", False, True),
    ):
        read = KeyedVectors.load_word2vec_format(str(folder / name), binary=binary, no_header=not header)
        same_words = read.index_to_key == expected["words"]
        tolerance = 5.1e-7 if name.startswith("six") else 0
        worst = float(np.abs(read.vectors - matrix).max())
        report(f"gensim reads {name}", same_words and worst <= tolerance, worst)
    for name in ("skipgram", "cbow-hs", "no-subwords", "supervised"):
        path = folder / f"{name}.bin"
        golden = json.loads((FIXTURES / "fasttext.json").read_text(encoding="utf8"))["models"][name]
        ours = describe(path)
        worst = max(abs(a - b) for w in golden["words"] for a, b in zip(golden["words"][w], ours["words"][w]))
        report(f"fasttext reads {name}.bin", worst == 0, worst)
        report(f"{name}.bin equals fasttext's own file", path.read_bytes() == (FIXTURES / f"{name}.bin").read_bytes(), 0)
    model = load_facebook_model(str(folder / "skipgram.bin"))
    golden = json.loads((FIXTURES / "fasttext.json").read_text(encoding="utf8"))["models"]["skipgram"]["words"]
    worst = max(float(np.abs(model.wv[w] - np.array(v)).max()) for w, v in golden.items() if w not in ("<", "x"))
    report("gensim reads skipgram.bin", worst < 2e-5, worst)
    matrix_npy = np.load(folder / "vectors.npy")
    report("numpy reads vectors.npy", bool((matrix_npy == matrix).all()), 0)


def report(what, good, worst):
    print(f"{'ok  ' if good else 'FAIL'} {what} (largest difference {worst:.2g})")
    if not good:
        raise SystemExit(1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        check(pathlib.Path(sys.argv[2]))
    else:
        FIXTURES.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as temporary:
            make_fasttext(pathlib.Path(temporary))
        make_gensim()
        make_numbers()
