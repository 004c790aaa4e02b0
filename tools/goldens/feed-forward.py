"""The feed-forward language model of Bengio et al. (2003), y = b + W x + U tanh(d + H x), for packages/pretrain: one
example at a time from its definition, then three steps of gradient descent with weight decay."""
import torch
import torch.nn.functional as F

from golden_file import Source, tensor, tensors, write

VOCABULARY, EMBEDDING, HIDDEN, BATCH, TIME, STEPS, RATE, DECAY = 9, 3, 5, 2, 4, 3, 0.7, 0.01


def logits_of(parameters, words, direct):
    """Scores after `words`, nearest first; None where there is none: its vector is zero."""
    zero = torch.zeros(EMBEDDING)
    x = torch.cat([zero if word is None else parameters["embedding"][word] for word in words])
    y = torch.tanh(x @ parameters["hidden.weight"] + parameters["hidden.bias"]) @ parameters["softmax.weight"] + parameters["softmax.bias"]
    return y + x @ parameters["direct"] if direct else y


def case(seed, order, direct):
    source = Source(seed)
    wide = (order - 1) * EMBEDDING
    parameters = {
        "embedding": source.uniform(VOCABULARY, EMBEDDING),
        "hidden.weight": source.uniform(wide, HIDDEN),
        "hidden.bias": source.uniform(HIDDEN),
        **({"direct": source.uniform(wide, VOCABULARY)} if direct else {}),
        "softmax.weight": source.uniform(HIDDEN, VOCABULARY),
        "softmax.bias": source.uniform(VOCABULARY),
    }
    parameters = {name: value.requires_grad_(True) for name, value in parameters.items()}
    initial = tensors(parameters)
    length = STEPS * TIME + 1
    rows = source.integers(VOCABULARY, BATCH, length)
    decayed = [p for n, p in parameters.items() if not n.endswith("bias")]
    biases = [p for n, p in parameters.items() if n.endswith("bias")]
    optimizer = torch.optim.SGD([{"params": decayed, "weight_decay": DECAY}, {"params": biases}], lr=RATE)
    steps = []
    for start in range(0, STEPS * TIME, TIME):
        scores, targets = [], []
        for t in range(start, start + TIME):
            for row in range(BATCH):
                words = [rows[row, t - back].item() if t >= back else None for back in range(order - 1)]
                scores.append(logits_of(parameters, words, direct))
                targets.append(rows[row, t + 1])
        loss = F.cross_entropy(torch.stack(scores), torch.stack(targets))
        optimizer.zero_grad()
        loss.backward()
        first = {} if start else {"logits": tensor(torch.stack(scores)), "gradients": tensors({n: p.grad for n, p in parameters.items()})}
        optimizer.step()
        steps.append({"loss": loss.item(), **first})
    return {
        "name": f"order {order}, {'with' if direct else 'without'} direct connections",
        "options": {"vocabularySize": VOCABULARY, "order": order, "embedding": EMBEDDING, "hidden": HIDDEN, "direct": direct},
        "training": {"batch": BATCH, "time": TIME, "rate": RATE, "weightDecay": DECAY},
        "tokens": rows.flatten().tolist(),
        "initialParameters": initial, "steps": steps, "finalParameters": tensors(parameters),
    }


def main():
    write(
        "packages/pretrain/src/fixtures/feed-forward.json",
        {
            "layout": "row b of the batch reads tokens[b * n .. (b + 1) * n), n = steps * time + 1, and knows the words before a window; "
            "logits (time * batch, vocabulary); weights (in, out); the nearest word first in x; decay on all but biases",
            "cases": [case(81, 4, False), case(82, 4, True), case(83, 2, True)],
        },
    )


main()
