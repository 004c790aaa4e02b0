"""
Trains GloVe's C program (steps built by peer-builds.ts) on a file of one sentence a line; prints one JSON line with
records a second of the training loop. Counting is kept in --folder, so that a second call only trains.

  python glove_c.py --folder WORKING --steps PROGRAMS --corpus FILE [--epochs 15] [--threads 1] [--dimensions 100]
         [--window 10] [--x-max 10] [--out PREFIX]    (writes PREFIX.txt: w + w~, no header)
"""

import argparse
import json
import os
import subprocess

parser = argparse.ArgumentParser()
parser.add_argument("--folder", required=True)
parser.add_argument("--steps", required=True)
parser.add_argument("--corpus", required=True)
parser.add_argument("--epochs", type=int, default=15)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--dimensions", type=int, default=100)
parser.add_argument("--window", type=int, default=10)
parser.add_argument("--x-max", type=float, default=10)
parser.add_argument("--out")
options = parser.parse_args()

# The older source prints word after word into fixed buffers and wants its files where it is told: all in one folder.
size = os.path.getsize(options.corpus)
base = os.path.join(options.folder, f"glove-{os.path.basename(options.corpus)}-{size}-{options.window}")
vocabulary, records, shuffled = f"{base}.vocabulary", f"{base}.records", f"{base}.shuffled"


def step(name, *arguments):
    command = [os.path.join(options.steps, name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if not os.path.exists(shuffled):
    os.makedirs(options.folder, exist_ok=True)
    step("vocabulary", options.corpus, vocabulary, 5)
    step("count", options.corpus, vocabulary, records, options.window, f"{base}.overflow")
    step("shuffle", records, f"{shuffled}.part", f"{base}.temporary")
    os.remove(records)
    os.rename(f"{shuffled}.part", shuffled)

out = options.out or f"{base}.vectors"
printed = step(
    "train", shuffled, vocabulary, out, options.dimensions, options.epochs, options.threads, options.x_max
)
count, seconds = printed.split()
if options.out is None:
    os.remove(f"{out}.txt")
print(
    json.dumps(
        {
            "seconds": float(seconds),
            "records": int(count),
            "epochs": options.epochs,
            "rate": int(count) * options.epochs / float(seconds),
            "version": "GloVe C (source inside PyPI crucyble 0.1.0.dev4), cc -O3 -march=native",
        }
    )
)
