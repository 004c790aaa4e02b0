"""Goldens for the queries and the evaluation of word vectors, from gensim and scipy.

Writes packages/embeddings/src/evaluate/fixtures/: small vectors trained on the bundled wiki-sample, a made-up
similarity set and made-up analogies (their scores are random numbers), and what gensim says of them. With a folder of
real sets (word-sim/, analogy/) as argument, gensim's scores on those too; the sets themselves are not copied.

    .venv/bin/python tools/goldens/embed-evaluate.py [folder]
"""
import base64
import json
import pathlib
import re
import sys

import gensim
import numpy as np
import scipy
from gensim.models import KeyedVectors, Word2Vec
from scipy import stats

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "packages/embeddings/src/evaluate/fixtures"
RESTRICTED = 1500


def train():
    lines = (ROOT / "datasets/wiki-sample/wiki.train.tokens").read_text(encoding="utf8").split("\n")
    sentences = [line.split() for line in lines if line.strip()]
    model = Word2Vec(
        sentences, vector_size=16, sg=1, min_count=8, epochs=12, negative=5, seed=1, workers=1, sample=1e-3
    )
    words = model.wv.index_to_key
    vectors = np.array(model.wv.vectors, dtype=np.float16).astype(np.float32)  # few bits: small files
    keyed = KeyedVectors(vectors.shape[1])
    keyed.add_vectors(words, vectors)
    return keyed


def made_up_pairs(keyed, generator):
    words = [word for word in keyed.index_to_key if word.isalpha()]
    lines = ["# word, word, score: random numbers", "", "not a pair", "two\twords"]
    for number in range(120):
        a, b = generator.choice(words, 2, replace=False)
        if number % 11 == 0:
            a = f"absent{number}"
        if number % 7 == 0:
            b = b.upper()
        if number % 13 == 0:
            a = a.capitalize()
        score = round(5 + 5 * keyed.similarity(a, b) if a in keyed and b in keyed else generator.uniform(0, 10), 0)
        lines.append(f"{a}\t{b}\t{score + round(generator.normal(), 0):.1f}")
    lines += ["king\tqueen\tmuch", "the\tthe\t10.0", "the\tTHE\t10.0"]
    return "\r\n".join(lines)  # no final line end


def made_up_questions(keyed, generator):
    words = [word for word in keyed.index_to_key if word.isalpha()]
    lines = []
    for section in ("made-up", "gram1-made-up", "empty", "absent"):
        lines.append(f": {section}")
        for number in range(0 if section == "empty" else 40):
            a, b, c, expected = generator.choice(words[:900], 4, replace=False)
            if number % 2 == 0:
                expected = keyed.most_similar(positive=[b, c], negative=[a], topn=1)[0][0]
            if number % 9 == 0 or section == "absent":
                expected = f"absent{number}"
            if number % 5 == 0:
                b = b.upper()
            lines.append(f"{a} {b} {c} {expected}")
        if section == "made-up":
            lines += ["only three words", lines[-1], lines[-1]]
    return "\n".join(lines) + "\n"


def pair_scores(keyed, path, **options):
    try:
        pearson, spearman, unknown = keyed.evaluate_word_pairs(str(path), **options)
    except ValueError:  # too few of its pairs are known
        return {"unknownPercent": None}
    return {
        "pearson": [float(value) for value in pearson],
        "spearman": [float(value) for value in spearman],
        "unknownPercent": unknown,
    }


def analogy_scores(keyed, path, method="most_similar", **options):
    # gensim 4.4 ignores its own option similarity_function.
    original, keyed.most_similar = keyed.most_similar, getattr(keyed, method)
    try:
        score, sections = keyed.evaluate_word_analogies(str(path), **options)
    finally:
        keyed.most_similar = original
    return {
        "accuracy": score,
        "sections": [[s["section"], len(s["correct"]), len(s["incorrect"])] for s in sections],
    }


def rules():
    for restrict in (300_000, RESTRICTED):
        for dummy in (False, True):
            for insensitive in (True, False):
                yield {"restrict_vocab": restrict, "dummy4unknown": dummy, "case_insensitive": insensitive}


def evaluations(keyed):
    pairs, questions = FIXTURES / "made-up-pairs.txt", FIXTURES / "made-up-questions.txt"
    return {
        "pairs": [{**rule, **pair_scores(keyed, pairs, **rule)} for rule in rules()],
        "analogies": [
            {**rule, "method": method, **analogy_scores(keyed, questions, method, **rule)}
            for rule in rules()
            for method in ("most_similar", "most_similar_cosmul")
            # most_similar_cosmul does not restrict the words it looks among.
            if method == "most_similar" or rule["restrict_vocab"] > len(keyed)
        ],
    }


def real_sets(keyed, folder):
    rule = [{"restrict_vocab": restrict, "dummy4unknown": dummy}
            for restrict in (300_000, RESTRICTED) for dummy in (False, True)]
    return {
        "pairs": {
            path.name: [{**r, **pair_scores(keyed, path, **r)} for r in rule]
            for path in sorted((folder / "word-sim").glob("*.txt"))
        },
        "analogies": {
            path.name: [{**r, **analogy_scores(keyed, path, **r)} for r in rule]
            for path in sorted((folder / "analogy").glob("*.txt"))
        },
    }


def queries(keyed):
    def found(result):
        return [[word, float(score)] for word, score in result]

    words = keyed.index_to_key
    lists = [[words[i + 40 * j] for j in range(5)] for i in range(100, 140, 4)]
    return {
        "mostSimilar": [
            {"positive": p, "negative": n, "restrict": r,
             "found": found(keyed.most_similar(positive=p, negative=n, topn=8, restrict_vocab=r))}
            for p, n in (([words[200]], []), ([words[310], words[411]], [words[512]]), ([], [words[77]]))
            for r in (None, 300)
        ],
        "cosMul": [
            {"a": a, "b": b, "c": c,
             "found": found(keyed.most_similar_cosmul(positive=[b, c], negative=[a], topn=8))}
            for a, b, c in (words[150:153], words[320:323], words[701:704])
        ],
        "doesNotMatch": [[keyed.doesnt_match(words), words] for words in lists],
        "similarity": [[a, b, float(keyed.similarity(a, b))] for a, b in zip(words[50:60], words[400:410])],
    }


def statistics(generator):
    cases = []
    for size, levels in (4, 0), (12, 0), (30, 5), (200, 8), (200, 0):
        x = generator.normal(size=size)
        y = 0.6 * x + generator.normal(size=size)
        if levels:
            x, y = np.round(x * levels / 4), np.round(y * levels / 4)
        pearson, spearman = stats.pearsonr(x, y), stats.spearmanr(x, y)
        cases.append({
            "x": x.round(6).tolist(), "y": y.round(6).tolist(),
            "ranks": stats.rankdata(x).tolist(),
            "pearson": [float(v) for v in stats.pearsonr(x.round(6), y.round(6))],
            "spearman": [float(v) for v in stats.spearmanr(x.round(6), y.round(6))],
        })
    tails = [[t, df, float(2 * stats.t.sf(t, df))]
             for t in (0.0, 1e-3, 0.3, 1.0, 2.5, 8.0, 40.0) for df in (1, 2, 5, 27, 350, 3000)]
    williams = []
    for n, r12, r13, r23 in (103, 0.4, 0.5, 0.1), (30, 0.6, 0.2, 0.55), (2811, 0.545, 0.551, 0.9), (353, 0.5, 0.5, 0.8):
        determinant = 1 - r12**2 - r13**2 - r23**2 + 2 * r12 * r13 * r23
        mean = (r12 + r13) / 2
        t = (r12 - r13) * np.sqrt(
            (n - 1) * (1 + r23) / (2 * (n - 1) / (n - 3) * determinant + mean**2 * (1 - r23) ** 3))
        williams.append([n, r12, r13, r23, float(t), float(2 * stats.t.sf(abs(t), n - 3))])
    return {"correlations": cases, "tails": tails, "williams": williams}


def write(name, content):
    versions = f"gensim {gensim.__version__}, scipy {scipy.__version__}, numpy {np.__version__}"
    text = json.dumps({"generator": versions, **content}, ensure_ascii=False, indent=1)
    text = re.sub(r"\n( {3,}(?=\S)| +(?=[\]}],?\n {2,}\S))", " ", text).replace("NaN", "null")
    if name == "vectors.json":
        text = json.dumps(content, ensure_ascii=False)
    (FIXTURES / name).write_text(text + "\n", encoding="utf8", newline="\n")
    print(name, len(text), "bytes")


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(1)
    keyed = train()
    write("vectors.json", {
        "words": keyed.index_to_key,
        "dimensions": keyed.vector_size,
        "float16": base64.b64encode(keyed.vectors.astype(np.float16).tobytes()).decode(),
    })
    for name, text in (
        ("made-up-pairs.txt", made_up_pairs(keyed, generator)),
        ("made-up-questions.txt", made_up_questions(keyed, generator)),
    ):
        (FIXTURES / name).write_bytes(text.encode())
    write("gensim.json", {"restricted": RESTRICTED, **evaluations(keyed), "queries": queries(keyed)})
    write("scipy.json", statistics(generator))
    if len(sys.argv) > 1:
        write("gensim-real-sets.json", real_sets(keyed, pathlib.Path(sys.argv[1])))


main()
