"""
Goldens of language models with attention, for packages/pretrain: training steps with carried memory, in float64.

A Transformer of torch.nn's layers over windows that are segments, Transformer-XL and a hybrid of an LSTM and a
Transformer-XL block, written out from the papers (see attention.py).
"""
import torch
import torch.nn.functional as F

from attention import BATCH, HEADS, INNER, SIZE, XL_SHAPES, block_of, drawn, layer_norm, xl_block
from golden_file import Source, tensors, write

VOCABULARY, BPTT, STEPS, RATE, CLIP, LENGTH = 7, 4, 5, 0.5, 1.5, 3


def case(s, name, config, parameters, forward, memories, ours=lambda named: named):
    """`forward(p, ids, memories)` gives hidden vectors and the memories after; the softmax is tied."""
    parameters = {
        "embedding": s.uniform(VOCABULARY, SIZE),
        **parameters,
        "softmax.bias": s.uniform(VOCABULARY),
    }
    for value in parameters.values():
        value.requires_grad_(True)
    initial = tensors(ours(parameters))
    length = STEPS * BPTT + 1
    tokens = s.integers(VOCABULARY, BATCH * length)
    stream = tokens.view(BATCH, length).t()
    optimizer = torch.optim.SGD(list(parameters.values()), lr=RATE)
    steps = []
    for start in range(0, STEPS * BPTT, BPTT):
        inputs, targets = stream[start : start + BPTT], stream[start + 1 : start + BPTT + 1]
        optimizer.zero_grad()
        hidden, memories = forward(parameters, parameters["embedding"][inputs] * SIZE**0.5, memories)
        logits = hidden @ parameters["embedding"].T + parameters["softmax.bias"]
        loss = F.cross_entropy(logits.reshape(-1, VOCABULARY), targets.reshape(-1))
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(list(parameters.values()), CLIP)
        optimizer.step()
        steps.append({"loss": loss.item(), "gradientNorm": norm.item()})
    clipped = [step["gradientNorm"] > CLIP for step in steps]
    assert any(clipped) and not all(clipped), f"{name}: the clip must act in some steps and not in others: {steps}"
    return {
        "name": name,
        "config": config,
        "initialParameters": initial,
        "tokens": tokens.tolist(),
        "steps": steps,
        "finalParameters": tensors(ours(parameters)),
    }


def transformer(s):
    """nn.TransformerEncoderLayer, pre-norm, learned positions; no memory, since windows are segments."""
    layers = [
        torch.nn.TransformerEncoderLayer(SIZE, HEADS, INNER, 0.0, "gelu", norm_first=True) for _ in range(2)
    ]
    parameters = {"positions.table": s.uniform(BPTT, SIZE)}
    for index, layer in enumerate(layers):
        parameters |= {f"{index}.{n}": v for n, v in drawn(s, layer).items()}
    parameters |= {"norm.gain": s.uniform(SIZE, low=0.5, high=1.5), "norm.bias": s.uniform(SIZE)}
    later = ~torch.ones(BPTT, BPTT).tril().bool()

    def ours(named):
        blocks = {}
        for index in range(2):
            blocks |= {f"blocks.{index}.{n}": v for n, v in block_of(named, f"{index}.").items()}
        return {n: v for n, v in named.items() if not n[0].isdigit()} | blocks

    def forward(p, x, memories):
        x = x + p["positions.table"][:, None]
        for layer in layers:
            x = layer(x, src_mask=later)
        return layer_norm(x, p["norm.gain"], p["norm.bias"]), memories

    config = dict(type="transformer-lm", size=SIZE, heads=HEADS, inner=INNER, layers=2, context=BPTT, positions="learned")
    return case(s, "Transformer over segments", config, parameters, forward, None, ours)


XL = dict(heads=HEADS, inner=INNER, context=LENGTH, bias=False, norm="post", activation="relu")


def xl_parameters(s, block):
    scale = lambda name: dict(low=0.5, high=1.5) if name.endswith("gain") else {}
    return {f"blocks.{block}.{n}": s.uniform(*shape, **scale(n)) for n, shape in XL_SHAPES.items()}


def empty():
    return torch.zeros(0, BATCH, SIZE)


def after(memory, x):
    return torch.cat([memory, x])[-LENGTH:].detach()


def transformer_xl(s):
    def forward(p, x, memories):
        kept = []
        for block, memory in enumerate(memories):
            kept.append(after(memory, x))
            x = xl_block(x, memory, p, f"blocks.{block}", lambda distance: True)
        return x, kept

    config = dict(type="transformer-lm", size=SIZE, layers=2, span="memory", **XL)
    parameters = {**xl_parameters(s, 0), **xl_parameters(s, 1)}
    return case(s, "Transformer-XL", config, parameters, forward, [empty(), empty()])


def hybrid(s):
    """An LSTM (gates i, f, g, o), then a Transformer-XL block that looks three steps back, then a layer norm."""
    parameters = {
        "blocks.0.input": s.uniform(SIZE, 4 * SIZE),
        "blocks.0.recurrent": s.uniform(SIZE, 4 * SIZE),
        "blocks.0.bias": s.uniform(4 * SIZE),
        **xl_parameters(s, 1),
        "norm.gain": s.uniform(SIZE, low=0.5, high=1.5),
        "norm.bias": s.uniform(SIZE),
    }

    def forward(p, x, memories):
        h, c, memory = memories
        states = []
        for step in x:
            i, f, g, o = (step @ p["blocks.0.input"] + h @ p["blocks.0.recurrent"] + p["blocks.0.bias"]).chunk(4, -1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            states.append(h)
        x = torch.stack(states)
        kept = after(memory, x)
        x = xl_block(x, memory, p, "blocks.1", lambda distance: distance <= LENGTH)
        return layer_norm(x, p["norm.gain"], p["norm.bias"]), (h.detach(), c.detach(), kept)

    blocks = [dict(cell=dict(type="lstm", hidden=SIZE)), dict(attention=XL)]
    config = dict(type="hybrid-lm", embedding=SIZE, blocks=blocks)
    zero = torch.zeros(BATCH, SIZE)
    return case(s, "LSTM below attention", config, parameters, forward, (zero, zero, empty()))


def main():
    s = Source(17)
    write(
        "packages/pretrain/src/fixtures/attention-model.json",
        {
            "layout": "row b of the batch reads tokens[b * n .. (b + 1) * n), n = steps * bptt + 1",
            "training": "each step: mean cross-entropy over time * batch, gradients clipped to the global norm by "
            "clip / (norm + 1e-6), plain SGD; memory is carried without gradient",
            "vocabulary": VOCABULARY,
            "batch": BATCH,
            "bptt": BPTT,
            "rate": RATE,
            "clip": CLIP,
            "cases": [transformer(s), transformer_xl(s), hybrid(s)],
        },
    )


main()
