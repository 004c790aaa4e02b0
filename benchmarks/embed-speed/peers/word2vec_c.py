"""
Trains word2vec.c (built by peer-builds.ts, which makes it print the seconds that its threads ran) on a file of one
sentence a line; prints one JSON line.

  python word2vec_c.py --binary PROGRAM --corpus FILE [--architecture skip-gram|cbow]
         [--loss negative-sampling|hierarchical-softmax] [--epochs 5] [--threads 1] [--dimensions 100] [--out VECTORS.bin]
"""

import argparse
import json
import os
import re
import subprocess
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("--binary", required=True)
parser.add_argument("--corpus", required=True)
parser.add_argument("--architecture", choices=["skip-gram", "cbow"], default="skip-gram")
parser.add_argument("--loss", choices=["negative-sampling", "hierarchical-softmax"], default="negative-sampling")
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--dimensions", type=int, default=100)
parser.add_argument("--rate", type=float, default=0.025)
parser.add_argument("--out")
options = parser.parse_args()

negative = options.loss == "negative-sampling"
with tempfile.TemporaryDirectory() as folder:
    settings = {
        "train": options.corpus,
        "output": options.out or os.path.join(folder, "vectors.bin"),
        "binary": 1,
        "size": options.dimensions,
        "window": 5,
        "min-count": 5,
        "sample": 1e-3,
        "negative": 5 if negative else 0,
        "hs": 0 if negative else 1,
        "cbow": 1 if options.architecture == "cbow" else 0,
        "alpha": options.rate,
        "iter": options.epochs,
        "threads": options.threads,
    }
    arguments = [text for name, value in settings.items() for text in (f"-{name}", str(value))]
    output = subprocess.run([options.binary, *arguments], capture_output=True, text=True, check=True).stdout

seconds = float(re.search(r"training seconds: ([\d.]+)", output).group(1))
with open(options.corpus, "rb") as file:
    lines = sum(1 for _ in file)
# Its count has one </s> a line, which we do not call a word.
words = int(re.search(r"Words in train file: (\d+)", output).group(1)) - lines
print(
    json.dumps(
        {
            "seconds": seconds,
            "words": words,
            "epochs": options.epochs,
            "rate": words * options.epochs / seconds,
            "version": "word2vec.c 0.1c (npm word2vec 1.1.5), cc -Ofast -march=native",
        }
    )
)
