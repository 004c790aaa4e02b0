"""
Trains word2vec with gensim on a file of one sentence a line and prints one JSON line: seconds of training (without
reading and without the vocabulary), words trained on, version.

  python gensim_vectors.py --corpus FILE [--architecture skip-gram|cbow] [--loss negative-sampling|hierarchical-softmax]
         [--epochs 5] [--threads 1] [--seed 1] [--dimensions 100] [--subwords] [--out VECTORS.bin]
"""

import argparse
import json
import os
import sys
import time

os.environ.pop("OPENBLAS_CORETYPE", None)  # a forced kernel makes gensim 3-8 % slower here

import gensim  # noqa: E402
from gensim.models import FastText, Word2Vec  # noqa: E402
from gensim.models.word2vec import FAST_VERSION  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--corpus", required=True)
parser.add_argument("--architecture", choices=["skip-gram", "cbow"], default="skip-gram")
parser.add_argument("--loss", choices=["negative-sampling", "hierarchical-softmax"], default="negative-sampling")
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--dimensions", type=int, default=100)
parser.add_argument("--rate", type=float, default=0.025)
parser.add_argument("--subwords", action="store_true")
parser.add_argument("--out")
options = parser.parse_args()

with open(options.corpus, encoding="utf-8") as file:
    sentences = [[sys.intern(word) for word in line.split()] for line in file]

negative = options.loss == "negative-sampling"
kind = FastText if options.subwords else Word2Vec
model = kind(
    vector_size=options.dimensions,
    window=5,
    min_count=5,
    sample=1e-3,
    negative=5 if negative else 0,
    hs=0 if negative else 1,
    sg=1 if options.architecture == "skip-gram" else 0,
    alpha=options.rate,
    seed=options.seed,
    workers=options.threads,
)
begin = time.perf_counter()
model.build_vocab(sentences)
vocabulary_seconds = time.perf_counter() - begin

begin = time.perf_counter()
model.train(sentences, total_examples=model.corpus_count, epochs=options.epochs)
seconds = time.perf_counter() - begin

words = sum(model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key)
if options.out:
    model.wv.save_word2vec_format(options.out, binary=True)
print(
    json.dumps(
        {
            "seconds": seconds,
            "vocabularySeconds": vocabulary_seconds,
            "words": int(words),
            "epochs": options.epochs,
            "rate": float(words) * options.epochs / seconds,
            "version": f"gensim {gensim.__version__} (FAST_VERSION {FAST_VERSION}), Python {sys.version.split()[0]}",
        }
    )
)
