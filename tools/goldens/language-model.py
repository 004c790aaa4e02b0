"""A tiny LSTM language model trained by truncated backpropagation with carried state, for packages/pretrain."""
import torch
import torch.nn.functional as F

from golden_file import Source, tensors, write

VOCABULARY, BATCH, BPTT, STEPS, RATE, CLIP = 11, 3, 4, 6, 1.0, 0.5


class LanguageModel(torch.nn.Module):
    def __init__(self, embedding, hidden, tied):
        super().__init__()
        widths = [embedding, *hidden]
        self.embedding = torch.nn.Embedding(VOCABULARY, embedding)
        self.rnns = torch.nn.ModuleList(torch.nn.LSTM(a, b) for a, b in zip(widths, hidden))
        self.decoder = torch.nn.Linear(hidden[-1], VOCABULARY)
        if tied:
            self.decoder.weight = self.embedding.weight

    def forward(self, inputs, states):
        h, carried = self.embedding(inputs), []
        for rnn, state in zip(self.rnns, states):
            h, state = rnn(h, state)
            carried.append(tuple(v.detach() for v in state))
        return self.decoder(h), carried


def named_states(states):
    return {f"{n}.{i}": v[0] for i, state in enumerate(states) for n, v in zip("hc", state)}


def case(seed, name, hidden, tied, single_bias):
    """With `single_bias`, bias_hh stays zero: PyTorch's second bias would double the step of the one that others have."""
    source = Source(seed)
    model = LanguageModel(6, hidden, tied)
    for parameter in model.parameters():
        parameter.data = source.uniform(*parameter.shape, low=-1.6, high=1.6)
    if single_bias:
        for name_of, parameter in model.named_parameters():
            if "bias_hh" in name_of:
                parameter.data = torch.zeros_like(parameter)
                parameter.requires_grad_(False)
    initial = tensors(dict(model.named_parameters()))
    trained = [p for p in model.parameters() if p.requires_grad]
    length = STEPS * BPTT + 1
    tokens = source.integers(VOCABULARY, BATCH * length)
    stream = tokens.view(BATCH, length).t()
    zero = lambda: [(torch.zeros(1, BATCH, w), torch.zeros(1, BATCH, w)) for w in hidden]
    optimizer = torch.optim.SGD(trained, lr=RATE)
    states, steps = zero(), []
    for start in range(0, STEPS * BPTT, BPTT):
        inputs, targets = stream[start : start + BPTT], stream[start + 1 : start + BPTT + 1]
        optimizer.zero_grad()
        logits, states = model(inputs, states)
        loss = F.cross_entropy(logits.reshape(-1, VOCABULARY), targets.reshape(-1))
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(trained, CLIP)
        optimizer.step()
        steps.append({"inputs": inputs.tolist(), "targets": targets.tolist(), "loss": loss.item(), "gradientNorm": norm.item()})
    clipped = [s["gradientNorm"] > CLIP for s in steps]
    assert any(clipped) and not all(clipped), "the clip must act in some steps and not in others"
    with torch.no_grad():
        logits, _ = model(stream[:-1], zero())
        total = F.cross_entropy(logits.reshape(-1, VOCABULARY), stream[1:].reshape(-1), reduction="sum").item()
    return {
        "name": name,
        "options": {
            "vocabulary": VOCABULARY, "embedding": 6, "hidden": hidden, "tied": tied, "singleBias": single_bias, "batch": BATCH, "bptt": BPTT,
            "rate": RATE, "clip": CLIP,
        },
        "initialParameters": initial,
        "tokens": tokens.tolist(),
        "steps": steps,
        "finalParameters": tensors(dict(model.named_parameters())),
        "finalStates": tensors(named_states(states)),
        "evaluation": {"tokens": BATCH * (length - 1), "totalLoss": total},
    }


def main():
    shapes = [("untied", [6, 5], False), ("tied", [6, 6], True)]
    write(
        "packages/pretrain/src/fixtures/language-model.json",
        {
            "layout": "inputs and targets (time, batch); row b of the batch reads tokens[b * n .. (b + 1) * n), "
            "n = steps * bptt + 1; states (batch, hidden); gates i, f, g, o; zero initial states",
            "training": "each step: mean cross-entropy over time * batch, gradients clipped to the global norm by "
            "clip / (norm + 1e-6), plain SGD, states carried without gradient",
            "cases": [
                case(41 + k, f"{name}, {'one bias' if single_bias else 'two biases'}", hidden, tied, single_bias)
                for k, (name, hidden, tied) in enumerate(shapes)
                for single_bias in (True, False)
            ],
        },
    )


main()
