"""Per-token log-probabilities of a tiny random LSTM language model, read in the ways of packages/pretrain/src/evaluators.

The neural cache is written as the double loop of Grave et al. (2017). Dynamic evaluation follows dynamiceval.py of Krause
et al. (2018) step by step; the case with settings "sum" follows its first version, where squared gradients are summed.
"""
import math

import numpy
import torch
import torch.nn.functional as F

from golden_file import Source, tensor, tensors, write

VOCABULARY, EMBEDDING, HIDDEN = 9, 5, [6, 4]
TEXT, TRAINING = 43, 130


class LanguageModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        widths = [EMBEDDING, *HIDDEN]
        self.embedding = torch.nn.Embedding(VOCABULARY, EMBEDDING)
        self.rnns = torch.nn.ModuleList(torch.nn.LSTM(a, b) for a, b in zip(widths, HIDDEN))
        self.decoder = torch.nn.Linear(HIDDEN[-1], VOCABULARY)

    def forward(self, inputs, states, masks=None):
        """inputs (time, batch); masks: one vector for the embedding and one above each layer."""
        h, carried = self.embedding(inputs), []
        if masks is not None:
            h = h * masks[0]
        for layer, (rnn, state) in enumerate(zip(self.rnns, states)):
            h, state = rnn(h, state)
            carried.append(tuple(v.detach() for v in state))
            if masks is not None:
                h = h * masks[layer + 1]
        return self.decoder(h), carried, h


def zero_states(batch):
    return [(torch.zeros(1, batch, w), torch.zeros(1, batch, w)) for w in HIDDEN]


def made_model(source):
    """One bias a gate: PyTorch's second bias would double the step of the one that others have."""
    model = LanguageModel()
    for name, parameter in model.named_parameters():
        parameter.data = source.uniform(*parameter.shape, low=-1.2, high=1.2)
        if "bias_hh" in name:
            parameter.data = torch.zeros_like(parameter)
            parameter.requires_grad_(False)
    return model


def trained(model):
    return [p for p in model.parameters() if p.requires_grad]


def target_log_probabilities(logits, targets):
    return F.log_softmax(logits, -1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)


def static(model, text):
    with torch.no_grad():
        logits, _, hidden = model(text[:-1].unsqueeze(1), zero_states(1))
        return F.log_softmax(logits[:, 0], -1).numpy(), hidden[:, 0].numpy()


def cached(model, text, window, theta, lam):
    log_probabilities, hidden = static(model, text)
    words = text.numpy()
    result = []
    for t in range(len(words) - 1):  # predicts words[t + 1] from hidden[t]
        p_model = math.exp(log_probabilities[t, words[t + 1]])
        past = range(max(0, t - window), t)
        if len(past) == 0:
            result.append(math.log(p_model))
            continue
        scores = numpy.array([theta * float(numpy.dot(hidden[i], hidden[t])) for i in past])
        weights = numpy.exp(scores - scores.max())
        weights /= weights.sum()
        p_cache = sum(w for i, w in zip(past, weights) if words[i + 1] == words[t + 1])
        result.append(math.log((1 - lam) * p_model + lam * p_cache))
    return result


def segments(length, size):
    return [(start, min(start + size, length)) for start in range(0, length, size)]


def dynamic(model, text, size, reduction, update):
    """Scores each segment, then calls update(gradients); the parameters are put back at the end."""
    start = [p.data.clone() for p in trained(model)]
    states, result = zero_states(1), []
    inputs, targets = text[:-1].unsqueeze(1), text[1:].unsqueeze(1)
    for begin, end in segments(len(text) - 1, size):
        model.zero_grad()
        logits, states, _ = model(inputs[begin:end], states)
        log_probabilities = target_log_probabilities(logits, targets[begin:end])
        result += log_probabilities[:, 0].tolist()
        loss = -log_probabilities.sum() if reduction == "sum" else -log_probabilities.mean()
        loss.backward()
        update(start)
    for parameter, value in zip(trained(model), start):
        parameter.data = value
    model.zero_grad()
    return result


def sgd(model, text, size, rate, decay):
    def update(start):
        for parameter, first in zip(trained(model), start):
            parameter.data = parameter.data + decay * (first - parameter.data) - rate * parameter.grad

    return dynamic(model, text, size, "sum", update)


def squared_gradients(model, training, batch, size, batches):
    """Sums of squared gradients, and how many batches they are of."""
    length = len(training) // batch
    rows = training[: length * batch].view(batch, length).t()
    sums = [torch.zeros_like(p) for p in trained(model)]
    states, count = zero_states(batch), 0
    for begin in range(0, (length - 1) // size * size, size):
        if batches is not None and count == batches:
            break
        model.zero_grad()
        logits, states, _ = model(rows[begin : begin + size], states)
        F.cross_entropy(logits.reshape(-1, VOCABULARY), rows[begin + 1 : begin + size + 1].reshape(-1)).backward()
        sums = [s + p.grad * p.grad for s, p in zip(sums, trained(model))]
        count += 1
    return sums, count


def rms(model, text, training, size, rate, decay, epsilon, settings, batch, batches, clips):
    sums, count = squared_gradients(model, training, batch, size, batches)
    if settings == "mean":
        sizes = [torch.sqrt(s / count) for s in sums]
        scale = sum(s.mean() for s in sizes) / len(sizes)
    else:  # as in the first version of dynamiceval.py
        sizes = [torch.sqrt(s) for s in sums]
        scale = sum(s.mean() for s in sizes)
    rates = [s / scale for s in sizes]
    assert any((r > 1 / decay).any() for r in rates) == clips, "the limit on decay rates must act as the case says"
    rates = [torch.clamp(r, max=1 / decay) for r in rates]

    def update(start):
        for parameter, first, r, s in zip(trained(model), start, rates, sizes):
            change = decay * r * (first - parameter.data) - rate * parameter.grad / (s + epsilon)
            parameter.data = parameter.data + change

    return dynamic(model, text, size, "mean", update)


def monte_carlo(model, text, masks):
    """masks: (passes, features) for the embedding and above each layer. Mean probabilities after 1, 2, .. passes."""
    passes = masks[0].shape[0]
    inputs, targets = text[:-1].unsqueeze(1), text[1:].unsqueeze(1)
    each = []
    with torch.no_grad():
        for index in range(passes):
            logits, _, _ = model(inputs, zero_states(1), [m[index] for m in masks])
            each.append(torch.exp(target_log_probabilities(logits, targets)[:, 0]))
    averages = [torch.stack(each[: n + 1]).mean(0) for n in range(passes)]
    perplexities = [math.exp(-torch.log(a).mean().item()) for a in averages]
    return torch.log(averages[-1]).tolist(), perplexities


def main():
    source = Source(7)
    model = made_model(source)
    text, training = source.integers(VOCABULARY, TEXT), source.integers(VOCABULARY, TRAINING)
    target = numpy.arange(TEXT - 1)
    caches = [(3, 0.7, 0.3), (50, 2.0, 0.1), (10, 0.0, 0.5), (6, 5.0, 0.9)]
    rules = [
        dict(size=5, rate=0.01, decay=0.01, epsilon=0.002, settings="mean", batch=4, batches=None, clips=False),
        dict(size=7, rate=0.02, decay=0.4, epsilon=0.01, settings="mean", batch=3, batches=4, clips=True),
        dict(size=5, rate=0.02, decay=0.3, epsilon=0.01, settings="sum", batch=4, batches=None, clips=False),
    ]
    masks = [(source.uniform(3, width, low=0, high=1) < 0.6).double() / 0.6 for width in (EMBEDDING, *HIDDEN)]
    averaged, perplexities = monte_carlo(model, text, masks)
    write(
        "packages/pretrain/src/evaluators/fixtures/evaluators.json",
        {
            "layout": "tokens are read one by one from a zero state; log-probabilities are those of tokens 1, 2, ..; "
            "gates i, f, g, o; masks are (passes, features), multiplied in for all tokens of a pass",
            "options": {"vocabulary": VOCABULARY, "embedding": EMBEDDING, "hidden": HIDDEN},
            "parameters": tensors(dict(model.named_parameters())),
            "text": text.tolist(),
            "training": training.tolist(),
            "static": static(model, text)[0][target, text.numpy()[1:]].tolist(),
            "cache": [
                {"window": w, "sharpness": t, "weight": l, "logProbabilities": cached(model, text, w, t, l)}
                for w, t, l in caches
            ],
            "sgd": [
                {"segment": n, "rate": r, "decay": d, "logProbabilities": sgd(model, text, n, r, d)}
                for n, r, d in [(5, 0.05, 0.0), (4, 0.03, 0.1), (1, 0.1, 0.0)]
            ],
            "rms": [
                {
                    **{"segment": rule["size"], "rate": rule["rate"], "decay": rule["decay"]},
                    **{"epsilon": rule["epsilon"], "settings": rule["settings"]},
                    "statistics": {"batch": rule["batch"], **({"batches": rule["batches"]} if rule["batches"] else {})},
                    "logProbabilities": rms(model, text, training, **rule),
                }
                for rule in rules
            ],
            "monteCarlo": {
                "masks": [tensor(m) for m in masks],
                "logProbabilities": averaged,
                "perplexities": perplexities,
            },
        },
    )


main()
