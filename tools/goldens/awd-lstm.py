"""Steps of AWD-LSTM training with given masks, for packages/pretrain: two of SGD, then averaged (ASGD)."""
import torch
import torch.nn.functional as F

from golden_file import Source, tensors, write

VOCABULARY, EMBEDDING, HIDDEN, BATCH, BPTT = 11, 4, [6, 5, 4], 3, 6
LENGTHS, SGD_STEPS = [6, 3, 6, 6, 6], 2
RATE, CLIP, DECAY, ALPHA, BETA = 3.0, 0.25, 0.01, 2.0, 1.0
DROP = {"embedding": 0.1, "input": 0.4, "between": 0.25, "output": 0.3, "weights": 0.5}


class AwdLstm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(VOCABULARY, EMBEDDING)
        self.rnns = torch.nn.ModuleList(torch.nn.LSTM(a, b) for a, b in zip([EMBEDDING, *HIDDEN], HIDDEN))
        self.decoder = torch.nn.Linear(HIDDEN[-1], VOCABULARY)
        self.decoder.weight = self.embedding.weight

    def forward(self, inputs, states, kept):
        """`kept` are the masks as zeros and ones; what is kept is scaled by 1 / (1 - rate)."""
        scaled = lambda name, mask: mask / (1 - DROP[name])
        x = F.embedding(inputs, self.embedding.weight * scaled("embedding", kept["embedding"]))
        x = x * scaled("input", kept["input"])
        carried = []
        for i, (rnn, state) in enumerate(zip(self.rnns, states)):
            parameters = dict(rnn.named_parameters())
            parameters["weight_hh_l0"] = rnn.weight_hh_l0 * scaled("weights", kept[f"weights.{i}"])
            raw, state = torch.func.functional_call(rnn, parameters, (x, state))
            carried.append(tuple(v.detach() for v in state))
            last = i == len(HIDDEN) - 1
            x = raw * (scaled("output", kept["output"]) if last else scaled("between", kept[f"between.{i}"]))
        return self.decoder(x), carried, raw, x


def draw_masks(source):
    sizes = {"embedding": (VOCABULARY, 1), "input": (1, BATCH, EMBEDDING), "output": (1, BATCH, HIDDEN[-1])}
    for i, width in enumerate(HIDDEN):
        sizes[f"weights.{i}"] = (4 * width, width)
        if i < len(HIDDEN) - 1:
            sizes[f"between.{i}"] = (1, BATCH, width)
    rates = {name: DROP[name.split(".")[0]] for name in sizes}
    return {name: (source.uniform(*size, low=0.0) >= rates[name]).double() for name, size in sizes.items()}


def main():
    source = Source(71)
    model = AwdLstm()
    for parameter in model.parameters():
        parameter.data = source.uniform(*parameter.shape, low=-0.8, high=0.8)
    initial = tensors(dict(model.named_parameters()))
    trained = list(model.parameters())
    length = sum(LENGTHS) + 1
    tokens = source.integers(VOCABULARY, BATCH * length)
    stream = tokens.view(BATCH, length).t()
    states = [(torch.zeros(1, BATCH, w), torch.zeros(1, BATCH, w)) for w in HIDDEN]
    optimizer = torch.optim.SGD(trained, lr=RATE, weight_decay=DECAY)
    steps, start, after_sgd = [], 0, None
    for number, time in enumerate(LENGTHS):
        if number == SGD_STEPS:
            after_sgd = tensors(dict(model.named_parameters()))
            optimizer = torch.optim.ASGD(trained, lr=RATE, t0=0, lambd=0.0, weight_decay=DECAY)
        inputs, targets = stream[start : start + time], stream[start + 1 : start + time + 1]
        start += time
        kept = draw_masks(source)
        optimizer.param_groups[0]["lr"] = RATE * time / BPTT
        optimizer.zero_grad()
        logits, states, raw, dropped = model(inputs, states, kept)
        loss = F.cross_entropy(logits.reshape(-1, VOCABULARY), targets.reshape(-1))
        penalised = loss + ALPHA * dropped.pow(2).mean() + BETA * (raw[1:] - raw[:-1]).pow(2).mean()
        penalised.backward()
        norm = torch.nn.utils.clip_grad_norm_(trained, CLIP)
        optimizer.step()
        steps.append({
            "time": time, "inputs": inputs.tolist(), "targets": targets.tolist(), "rate": RATE * time / BPTT,
            "kept": {name: {"shape": list(m.shape), "data": m.int().flatten().tolist()} for name, m in kept.items()},
            "loss": loss.item(), "gradientNorm": norm.item(),
        })
    assert any(s["gradientNorm"] > CLIP for s in steps), "the clip must act in some step"
    averages = {name: optimizer.state[p]["ax"] for name, p in model.named_parameters()}
    write(
        "packages/pretrain/src/fixtures/awd-lstm.json",
        {
            "layout": "inputs and targets (time, batch), windows one after the other; gates i, f, g, o; two biases; "
            "masks: 1 where an element is kept and scaled by 1 / (1 - rate), weights' masks like weight_hh (4 hidden, hidden)",
            "training": "loss = mean cross-entropy + activation * mean(dropped^2) + temporal * mean(change of raw^2); clip to the "
            "global norm; SGD with weight decay and rate * time / bptt, after `sgdSteps` steps ASGD with t0 0 and lambda 0",
            "options": {
                "vocabulary": VOCABULARY, "embedding": EMBEDDING, "hidden": HIDDEN, "batch": BATCH, "bptt": BPTT, "rate": RATE,
                "clip": CLIP, "weightDecay": DECAY, "activation": ALPHA, "temporal": BETA, "sgdSteps": SGD_STEPS,
            },
            "drop": DROP,
            "initialParameters": initial,
            "tokens": tokens.tolist(),
            "steps": steps,
            "afterSgd": after_sgd,
            "finalParameters": tensors(dict(model.named_parameters())),
            "averages": tensors(averages),
            "finalStates": tensors({f"{n}.{i}": v[0] for i, state in enumerate(states) for n, v in zip("hc", state)}),
        },
    )


main()
