#!/usr/bin/env python3
"""PyTorch peer: scoring a text and writing one, by the medium LSTM language model with random weights.

  torch_run.py --data FOLDER_OF_PTB --threads N

Scores ptb.valid.txt in rows of 10 and windows of 64 tokens with the state carried, then draws 300 tokens one after the other
(batch 1, state carried, full softmax, multinomial). Prints one JSON line with tokens per second of each: the best of three.
"""
import argparse, collections, json, os, time

EMBEDDING = HIDDEN = 650


def ids_of(folder):
    def words(name):
        with open(os.path.join(folder, name), encoding="utf8") as lines:
            return [word for line in lines for word in line.split() + ["<eos>"]]

    count = collections.Counter(words("ptb.train.txt"))
    order = sorted(count, key=lambda word: (-count[word], word))
    index = {word: i for i, word in enumerate(order)}
    return [index[word] for word in words("ptb.valid.txt")], len(order)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    ids, vocabulary = ids_of(options.data)
    embedding = torch.nn.Embedding(vocabulary, EMBEDDING)
    lstm = torch.nn.LSTM(EMBEDDING, HIDDEN, 2)
    decoder = torch.nn.Linear(HIDDEN, vocabulary)
    for module in (embedding, lstm, decoder):
        for parameter in module.parameters():
            torch.nn.init.uniform_(parameter, -0.05, 0.05)
    rows = len(ids) // 10
    text = torch.tensor(ids[: rows * 10]).view(10, rows).t().contiguous()

    def score():
        state, total = None, 0.0
        for start in range(0, rows - 1, 64):
            x, y = text[start : start + 64], text[start + 1 : start + 65]
            hidden, state = lstm(embedding(x[: len(y)]), state)
            total += F.cross_entropy(decoder(hidden).flatten(0, 1), y.flatten(), reduction="sum").item()
        return (rows - 1) * 10

    def write():
        state, token = None, torch.zeros(1, 1, dtype=torch.long)
        for _ in range(300):
            hidden, state = lstm(embedding(token), state)
            token = torch.multinomial(decoder(hidden[0]).softmax(-1), 1)
        return 300

    def rate(work):
        best = 0.0
        for _ in range(3):
            start = time.perf_counter()
            tokens = work()
            best = max(best, tokens / (time.perf_counter() - start))
        return round(best)

    with torch.inference_mode():
        print(json.dumps(dict(engine="torch", version=torch.__version__, threads=options.threads, evaluate=rate(score), generate=rate(write))))


if __name__ == "__main__":
    main()
