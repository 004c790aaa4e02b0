#!/usr/bin/env python3
"""The language model of `elman reproduce ptb --row one-hour` in PyTorch, for the same time on the same cores.

  torch_lm_hour.py --data DIR --minutes 60 --threads 2 [--seed 1] [--checkpoint FILE]

Same layers (embedding 400, LSTM 704 and 400 with one bias, tied softmax), same dropout (one mask over time; recurrent
weights and rows of the embedding too), same optimiser (Adam 0.003, decay added to the gradient, clip 1), same schedule
(one cycle over the planned epochs), same windows (20 rows of 35 words, state carried), same rule for the plan: nine
tenths of the time at the speed of the first seconds, a token that is only read at a third. The layers are cuDNN-like
fused LSTMs of PyTorch, the fastest it has on a CPU. Prints one JSON line an epoch and one with the scores.
"""
import argparse
import json
import math
import os
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--measure-seconds", type=float, default=8)
    parser.add_argument("--tokens-per-second", type=float, help="speed measured before, on an idle machine")
    parser.add_argument("--checkpoint", help="file to save after each epoch and to go on from")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(options.threads)
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    texts, vocabulary = corpus(torch, options.data)
    train = rows(texts["train"], 20)
    model = Model(torch, vocabulary)

    saved = torch.load(options.checkpoint) if options.checkpoint and os.path.exists(options.checkpoint) else None
    if saved:
        speed, epochs = saved["speed"], saved["epochs"]
    else:
        speed = options.tokens_per_second or measure(torch, model, train, options.measure_seconds)
        epochs = epochs_that_fit(60 * options.minutes, speed, {k: len(v) for k, v in texts.items()})
        torch.manual_seed(options.seed)
        model = Model(torch, vocabulary)
    windows = math.ceil((train.shape[0] - 1) / BPTT)
    count = sum(p.numel() for p in model.parameters)
    emit(kind="plan", torch=torch.__version__, parameters=count, tokensPerSecond=round(speed), epochs=epochs)

    optimizer = torch.optim.Adam(model.parameters, lr=RATE, weight_decay=1.2e-6)
    best, best_parameters, first, seconds = math.inf, None, 0, 0.0
    if saved:
        for parameter, value in zip(model.parameters, saved["parameters"]):
            parameter.data.copy_(value)
        optimizer.load_state_dict(saved["optimizer"])
        best, best_parameters, first, seconds = (saved[k] for k in ("best", "bestParameters", "epoch", "seconds"))
    for epoch in range(first, epochs):
        started = time.monotonic()
        state, total = None, 0.0
        for i, start in enumerate(range(0, train.shape[0] - 1, BPTT)):
            rate = one_cycle(epoch * windows + i, epochs * windows)
            loss, state = update(torch, model, optimizer, train, start, state, rate)
            total += loss
        valid = score(torch, model, texts["valid"])
        seconds += time.monotonic() - started
        if valid < best:
            best, best_parameters = valid, [p.detach().clone() for p in model.parameters]
        emit(kind="epoch", epoch=epoch + 1, train=math.exp(total / windows), valid=valid, seconds=round(seconds))
        if options.checkpoint:
            state_now = {"speed": speed, "epochs": epochs, "epoch": epoch + 1, "seconds": seconds, "best": best}
            state_now |= {"parameters": [p.detach() for p in model.parameters], "bestParameters": best_parameters}
            torch.save(state_now | {"optimizer": optimizer.state_dict()}, options.checkpoint + ".new")
            os.replace(options.checkpoint + ".new", options.checkpoint)
    for parameter, value in zip(model.parameters, best_parameters):
        parameter.data.copy_(value)
    scores = {split: score(torch, model, texts[split]) for split in ("valid", "test")}
    emit(kind="scores", **scores, seconds=round(seconds))


BPTT, RATE = 35, 0.003
DROP = {"rows": 0.05, "input": 0.3, "between": 0.2, "output": 0.4, "weights": 0.3}


class Model:
    """Parameters as a list, and the function; weight drop needs the fused LSTM with weights of one's own."""

    def __init__(self, torch, vocabulary):
        self.torch, sizes = torch, [(400, 704), (704, 400)]

        def uniform(scale, *shape):
            return torch.empty(*shape).uniform_(-scale, scale).requires_grad_()

        self.embedding = uniform(0.1, vocabulary, 400)
        self.decoder_bias = torch.zeros(vocabulary).requires_grad_()
        self.layers = []
        for inputs, hidden in sizes:
            scale = 1 / math.sqrt(hidden)
            weights = [uniform(scale, 4 * hidden, inputs), uniform(scale, 4 * hidden, hidden)]
            bias = torch.zeros(4 * hidden)
            bias[hidden : 2 * hidden] = 1
            self.layers.append((*weights, bias.requires_grad_()))
        self.parameters = [self.embedding, self.decoder_bias, *[p for layer in self.layers for p in layer]]

    def __call__(self, x, state, training):
        torch, batch = self.torch, x.shape[1]
        embedding = self.embedding
        if training:
            keep = 1 - DROP["rows"]
            embedding = embedding * (torch.rand(embedding.shape[0], 1) < keep) / keep
        h, carried = self.locked(embedding[x], "input", training), []
        for i, (w_in, w_rec, bias) in enumerate(self.layers):
            hidden = w_rec.shape[1]
            h0, c0 = state[i] if state else (torch.zeros(1, batch, hidden), torch.zeros(1, batch, hidden))
            if training:
                w_rec = torch.nn.functional.dropout(w_rec, DROP["weights"])
            weights = [w_in, w_rec, bias, torch.zeros_like(bias)]
            h, h1, c1 = torch._VF.lstm(h, (h0, c0), weights, True, 1, 0.0, training, False, False)
            carried.append((h1.detach(), c1.detach()))
            h = self.locked(h, "between" if i == 0 else "output", training)
        return torch.nn.functional.linear(h.reshape(-1, 400), self.embedding, self.decoder_bias), carried

    def locked(self, x, name, training):
        if not training:
            return x
        keep = 1 - DROP[name]
        return x * ((self.torch.rand(1, *x.shape[1:]) < keep) / keep)


def update(torch, model, optimizer, data, start, state, rate):
    x, y = data[start : start + BPTT], data[start + 1 : start + 1 + BPTT]
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    logits, state = model(x[: y.shape[0]], state, True)
    loss = torch.nn.functional.cross_entropy(logits, y.reshape(-1))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters, 1.0)
    optimizer.step()
    return loss.item(), state


def measure(torch, model, train, seconds):
    """Tokens a second of training, the first two updates left out."""
    optimizer, state, first, tokens, start = torch.optim.Adam(model.parameters, lr=0.0), None, None, 0, 0
    for i in range(1_000_000):
        _, state = update(torch, model, optimizer, train, start, state, 0.0)
        start = (start + BPTT) % (train.shape[0] - BPTT - 1)
        if i == 1:
            first = time.monotonic()
        if i > 1:
            tokens += BPTT * train.shape[1]
            if time.monotonic() - first > seconds:
                return tokens / (time.monotonic() - first)


def epochs_that_fit(seconds, speed, sizes):
    scoring = (sizes["valid"] + sizes["test"]) / 3
    return max(1, int((0.9 * seconds * speed - scoring) / (sizes["train"] + sizes["valid"] / 3)))


def one_cycle(step, total):
    """As elman's schedule: rise over a tenth by half a cosine from 1/25, fall to 1/250,000."""
    peak = 0.1 * (total - 1)
    start, end = RATE / 25, RATE / 25 / 1e4
    if step < peak:
        return start + (RATE - start) * (1 - math.cos(math.pi * step / peak)) / 2
    part = (step - peak) / (total - 1 - peak)
    return end + (RATE - end) * (1 + math.cos(math.pi * part)) / 2


def score(torch, model, ids):
    """Perplexity of the whole text in one row, state carried."""
    data, state, total = ids[:, None], None, 0.0
    with torch.no_grad():
        # The first word is predicted from an end of line, as after any other line.
        data = torch.cat([torch.full((1, 1), END), data])
        for start in range(0, len(data) - 1, 512):
            x, y = data[start : start + 512], data[start + 1 : start + 513]
            logits, state = model(x[: y.shape[0]], state, False)
            total += torch.nn.functional.cross_entropy(logits, y.reshape(-1), reduction="sum").item()
    return math.exp(total / len(ids))


END = 0


def corpus(torch, directory):
    words, texts = {"<eos>": END}, {}
    for split in ("train", "valid", "test"):
        ids = []
        with open(os.path.join(directory, f"ptb.{split}.txt"), encoding="utf8") as file:
            for line in file:
                ids += [words.setdefault(word, len(words)) for word in [*line.split(), "<eos>"]]
        texts[split] = torch.tensor(ids)
    return texts, len(words)


def rows(ids, batch):
    length = len(ids) // batch
    return ids[: length * batch].view(batch, length).t().contiguous()


def emit(**fields):
    print(json.dumps(fields), flush=True)


if __name__ == "__main__":
    main()
