"""
The ten nearest of 48,238 random vectors of 100 numbers, by gensim, one thread, 200 queries one after the other; prints
one JSON line.

  python gensim_nearest.py
"""

import json
import os
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"

import gensim  # noqa: E402
import numpy  # noqa: E402
from gensim.models import KeyedVectors  # noqa: E402

WORDS, DIMENSIONS, QUERIES = 48_238, 100, 200
vectors = KeyedVectors(DIMENSIONS)
generator = numpy.random.default_rng(1)
vectors.add_vectors([str(i) for i in range(WORDS)], generator.standard_normal((WORDS, DIMENSIONS), dtype="float32"))
vectors.most_similar("0", topn=10)  # the first call makes the norms
begin = time.perf_counter()
for query in range(QUERIES):
    vectors.most_similar(str(query), topn=10)
seconds = time.perf_counter() - begin
print(json.dumps({"rate": QUERIES / seconds, "seconds": seconds, "version": f"gensim {gensim.__version__}"}))
