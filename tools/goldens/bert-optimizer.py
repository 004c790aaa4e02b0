"""
Goldens of BERT's optimiser and schedule, for packages/pretrain: six steps of the equations of optimization.py (its
TensorFlow code spelled out: no correction of the means, decay apart from the gradient, gradients clipped to norm 1), the
same steps by torch.optim.AdamW, whose means are corrected, and rates by `transformers` and by the original code. Needs
`transformers` besides the requirements.
"""
import sys

HERE = sys.path.pop(0)  # as in bert.py
import torch
from transformers import get_linear_schedule_with_warmup

sys.path.insert(0, HERE)
from golden_file import Source, tensors, write

STEPS, WARM_UP, LENGTH, RATE, DECAY = 6, 3, 10, 0.05, 0.1


def setting():
    source = Source(71)
    weights = {"weight": source.uniform(3, 2), "bias": source.uniform(2), "gain": source.uniform(2)}
    # Large at first, so that the clip acts, then small.
    scales = [2.0, 0.5, 0.3, 1.5, 0.02, 0.2]
    gradients = [{n: torch.mul(source.uniform(*w.shape), scales[k]) for n, w in weights.items()} for k in range(STEPS)]
    return weights, gradients


def original_rate(step):
    if step < WARM_UP:
        return RATE * step / WARM_UP
    return RATE * (1 - min(step, LENGTH) / LENGTH)


def original(weights, gradients):
    w = {n: v.clone() for n, v in weights.items()}
    m = {n: torch.zeros_like(v) for n, v in weights.items()}
    v = {n: torch.zeros_like(x) for n, x in weights.items()}
    kept = []
    for step, gradient in enumerate(gradients):
        norm = torch.sqrt(sum((g * g).sum() for g in gradient.values()))
        for n, g in gradient.items():
            g = g * 1.0 / torch.maximum(norm, torch.tensor(1.0))
            m[n] = 0.9 * m[n] + 0.1 * g
            v[n] = 0.999 * v[n] + 0.001 * g * g
            update = m[n] / (torch.sqrt(v[n]) + 1e-6)
            if n == "weight":
                update = update + DECAY * w[n]
            w[n] = w[n] - original_rate(step) * update
        kept.append(tensors(w))
    return kept


def corrected(weights, gradients):
    w = {n: v.clone().requires_grad_() for n, v in weights.items()}
    groups = [{"params": [w["weight"]], "weight_decay": DECAY}, {"params": [w["bias"], w["gain"]], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.999), eps=1e-6)
    schedule = get_linear_schedule_with_warmup(optimizer, WARM_UP, LENGTH)
    kept = []
    for gradient in gradients:
        for n, g in gradient.items():
            w[n].grad = g.clone()
        torch.nn.utils.clip_grad_norm_(list(w.values()), 1.0)
        optimizer.step()
        schedule.step()
        kept.append(tensors(w))
    return kept


def transformers_rates():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    schedule = get_linear_schedule_with_warmup(optimizer, WARM_UP, LENGTH)
    rates = []
    for _ in range(LENGTH + 1):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return rates


def main():
    weights, gradients = setting()
    write("packages/pretrain/src/masked-lm/fixtures/bert-optimizer.json", {
        "options": {"rate": RATE, "weightDecay": DECAY, "warmUp": WARM_UP, "length": LENGTH},
        "weights": tensors(weights), "gradients": [tensors(g) for g in gradients],
        "rates": {"original": [original_rate(k) for k in range(LENGTH + 1)], "transformers": transformers_rates()},
        "original": original(weights, gradients), "transformers": corrected(weights, gradients),
    })


main()
