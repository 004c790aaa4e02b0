"""Goldens of attention for packages/layers-attention: torch.nn's modules, and formulas written out from the papers.

Parameters have our names and our order (in, out). loss = sum(output * outputWeight).
"""
import math

import torch
import torch.nn.functional as F

from golden_file import Source, tensor, tensors, write

TIME, BATCH, SIZE, HEADS, INNER = 4, 2, 6, 2, 5
WIDTH = SIZE // HEADS


def case(source, name, kind, run, inputs, parameters=None, rename=lambda named: named, options=None, fixed=None):
    """`run(inputs, parameters, fixed)` gives the output; `rename` turns PyTorch's parameters (or gradients) to ours."""
    parameters = parameters or {}
    fixed = fixed or {}
    leaves = [*inputs.values(), *parameters.values()]
    for leaf in leaves:
        leaf.requires_grad_(True)
    output = run(inputs, parameters, fixed)
    weight = source.normal(*output.shape)
    found = torch.autograd.grad((output * weight).sum(), leaves)
    own = dict(zip(parameters, found[len(inputs) :]))
    return {
        "name": name,
        "kind": kind,
        "options": options or {},
        "inputs": tensors(inputs),
        "masks": {n: tensor(m.to(torch.int32)) if m.dtype == torch.bool else tensor(m) for n, m in fixed.items()},
        "parameters": tensors(rename(parameters)),
        "output": tensor(output),
        "outputWeight": tensor(weight),
        "gradients": {
            "inputs": tensors(dict(zip(inputs, found))),
            "parameters": tensors(rename(own)),
        },
    }


# torch.nn ---------------------------------------------------------------------------------------------------------


def product_cases(s):
    """F.scaled_dot_product_attention: (batch, heads, time, width)."""
    make = lambda: dict(
        queries=s.normal(BATCH, HEADS, TIME, WIDTH),
        keys=s.normal(BATCH, HEADS, 5, WIDTH),
        values=s.normal(BATCH, HEADS, 5, 2),
    )
    call = lambda i, m=None, **kw: F.scaled_dot_product_attention(i["queries"], i["keys"], i["values"], attn_mask=m, **kw)
    yield case(s, "scaled dot product", "product", lambda i, p, f: call(i), make())
    allowed = torch.tensor([[1, 0, 1, 0, 0], [1, 1, 0, 0, 1], [0, 0, 0, 0, 1], [1, 1, 1, 1, 1]]).bool()
    yield case(s, "scaled dot product, bool mask", "product", lambda i, p, f: call(i, f["allowed"]), make(), fixed=dict(allowed=allowed))
    bias = s.normal(BATCH, 1, TIME, 5)
    yield case(s, "scaled dot product, additive mask", "product", lambda i, p, f: call(i, f["bias"]), make(), fixed=dict(bias=bias))
    square = make()
    square["keys"], square["values"] = square["keys"][:, :, :TIME].clone(), square["values"][:, :, :TIME].clone()
    yield case(
        s, "scaled dot product, causal, own scale", "product",
        lambda i, p, f: call(i, is_causal=True, scale=0.3), square, options=dict(causal=True, scale=0.3),
    )


def heads_of(named, prefix=""):
    """nn.MultiheadAttention's parameters by our names."""
    result = {}
    joined = named.get(f"{prefix}in_proj_weight")
    for index, (ours, theirs) in enumerate([("query", "q"), ("key", "k"), ("value", "v")]):
        own = joined.chunk(3)[index] if joined is not None else named[f"{prefix}{theirs}_proj_weight"]
        result[f"{ours}.weight"] = own.T
        if f"{prefix}in_proj_bias" in named:
            result[f"{ours}.bias"] = named[f"{prefix}in_proj_bias"].chunk(3)[index]
    result["output.weight"] = named[f"{prefix}out_proj.weight"].T
    if f"{prefix}out_proj.bias" in named:
        result["output.bias"] = named[f"{prefix}out_proj.bias"]
    return result


def drawn(s, module):
    parameters = dict(module.named_parameters())
    for name, parameter in parameters.items():
        parameter.data = s.uniform(*parameter.shape, low=0.5, high=1.5) if "norm" in name and "weight" in name else s.uniform(*parameter.shape, low=-0.6, high=0.6)
    return parameters


CAUSAL = torch.ones(TIME, TIME).tril().bool()
REAL = torch.tensor([[1, 1], [1, 1], [1, 1], [1, 0]]).bool()  # (time, batch): row 1 ends with padding


def head_cases(s):
    x = lambda time=TIME, size=SIZE: s.normal(time, BATCH, size)
    attention = lambda **kw: torch.nn.MultiheadAttention(SIZE, HEADS, **kw)

    def module_case(name, module, inputs, options, fixed=None, **masks):
        def run(i, p, f):
            keys = i.get("keys", i["queries"])
            return module(i["queries"], keys, i.get("values", keys), need_weights=False, **masks)[0]

        return case(s, name, "heads", run, inputs, drawn(s, module), heads_of, options, fixed)

    yield module_case("multi-head attention", attention(), dict(queries=x()), {})
    yield module_case(
        "multi-head attention, causal", attention(), dict(queries=x()), {},
        dict(allowed=CAUSAL), attn_mask=~CAUSAL,
    )
    yield module_case(
        "multi-head attention, padded keys, no biases", attention(bias=False), dict(queries=x()), dict(bias=False),
        dict(allowed=REAL.T[:, None, None, :]), key_padding_mask=~REAL.T,
    )
    yield module_case(
        "multi-head attention, keys and values of other sizes", attention(kdim=3, vdim=4),
        dict(queries=x(), keys=x(5, 3), values=x(5, 4)), dict(keySize=3, valueSize=4),
    )


def block_of(named, prefix=""):
    """nn.TransformerEncoderLayer's parameters by our names."""
    result = {f"attention.{n}": v for n, v in heads_of(named, f"{prefix}self_attn.").items()}
    for ours, theirs in [("inner", "linear1"), ("outer", "linear2")]:
        result[f"feedForward.{ours}.weight"] = named[f"{prefix}{theirs}.weight"].T
        result[f"feedForward.{ours}.bias"] = named[f"{prefix}{theirs}.bias"]
    for ours, theirs in [("attentionNorm", "norm1"), ("feedForwardNorm", "norm2")]:
        result[f"{ours}.gain"] = named[f"{prefix}{theirs}.weight"]
        result[f"{ours}.bias"] = named[f"{prefix}{theirs}.bias"]
    return result


def block_cases(s):
    tanh = lambda x: F.gelu(x, approximate="tanh")
    for norm, activation, function, causal in [
        ("pre", "gelu", "gelu", True),
        ("post", "relu", "relu", True),
        ("pre", "gelu-tanh", tanh, False),
        ("post", "gelu", "gelu", False),
    ]:
        module = torch.nn.TransformerEncoderLayer(
            SIZE, HEADS, INNER, dropout=0.0, activation=function, norm_first=norm == "pre"
        )
        padded = not causal
        masks = dict(src_mask=~CAUSAL) if causal else dict(src_key_padding_mask=~REAL.T)

        def run(i, p, f, module=module, masks=masks, padded=padded):
            output = module(i["queries"], **masks)
            return output * REAL[:, :, None] if padded else output

        yield case(
            s, f"block, {norm}-norm, {activation}, {'causal' if causal else 'padded'}", "block", run,
            dict(queries=s.normal(TIME, BATCH, SIZE)), drawn(s, module), block_of,
            dict(norm=norm, activation=activation, causal=causal, inner=INNER),
            dict(mask=REAL) if padded else None,
        )


# From the papers ----------------------------------------------------------------------------------------------------


def sinusoid(position, size):
    """Vaswani et al. 2017, section 3.5."""
    row = []
    for i in range(size // 2):
        angle = position / 10000 ** (2 * i / size)
        row += [math.sin(angle), math.cos(angle)]
    return torch.tensor(row)


def additive_case(s):
    """Bahdanau et al. 2015, appendix A.1.2: e = v^T tanh(W q + U k + b), one query and key at a time."""
    shapes = dict(query=(3, 5), key=(4, 5), bias=(5,), score=(5, 1))
    parameters = {name: s.uniform(*shape) for name, shape in shapes.items()}

    def run(i, p, f):
        rows = []
        for t in range(TIME):
            for b in range(BATCH):
                scores = []
                for k in range(5):
                    inner = i["queries"][t, b] @ p["query"] + i["keys"][k, b] @ p["key"] + p["bias"]
                    scores.append((torch.tanh(inner) @ p["score"])[0])
                weights = torch.softmax(torch.stack(scores), 0)
                rows.append(sum(w * v for w, v in zip(weights, i["values"][:, b])))
        return torch.stack(rows).reshape(TIME, BATCH, -1)

    inputs = dict(queries=s.normal(TIME, BATCH, 3), keys=s.normal(5, BATCH, 4), values=s.normal(5, BATCH, 2))
    return case(s, "additive attention", "additive", run, inputs, parameters)


def rotary_case(s):
    """Su et al. 2021, equation 34 with features i and i + width / 2 as pairs."""

    def run(i, p, f):
        x = i["queries"]  # (batch, time, width)
        width = x.shape[-1]
        columns = [None] * width
        for pair in range(width // 2):
            angle = (torch.arange(x.shape[1]) + 3) * 10000 ** (-2 * pair / width)
            a, b = x[..., pair], x[..., pair + width // 2]
            columns[pair] = a * angle.cos() - b * angle.sin()
            columns[pair + width // 2] = b * angle.cos() + a * angle.sin()
        return torch.stack(columns, -1)

    return case(s, "rotary positions", "rotary", run, dict(queries=s.normal(BATCH, TIME, SIZE)), options=dict(first=3))


def layer_norm(x, gain, bias):
    return F.layer_norm(x, (SIZE,), gain, bias, 1e-5)


XL_SHAPES = {
    **{f"attention.{part}.weight": (SIZE, SIZE) for part in ["query", "key", "value", "output"]},
    "attention.relative.position": (SIZE, SIZE),
    "attention.relative.contentBias": (HEADS, WIDTH),
    "attention.relative.positionBias": (HEADS, WIDTH),
    "attentionNorm.gain": (SIZE,),
    "attentionNorm.bias": (SIZE,),
    "feedForward.inner.weight": (SIZE, INNER),
    "feedForward.inner.bias": (INNER,),
    "feedForward.outer.weight": (INNER, SIZE),
    "feedForward.outer.bias": (SIZE,),
    "feedForwardNorm.gain": (SIZE,),
    "feedForwardNorm.bias": (SIZE,),
}


def xl_block(x, memory, p, prefix, see):
    """
    One layer of Transformer-XL (Dai et al. 2019, section 3.3), one score at a time:
    A_ij = q_i k_j + q_i W R_{i-j} + u k_j + v W R_{i-j}, over the keys that `see(distance)` allows. memory and x are
    (time, batch, size); post-norm, no biases in attention.
    """
    w = lambda name: p[f"{prefix}.{name}"]
    seen = torch.cat([memory, x])
    shape = lambda y: y.reshape(y.shape[0], BATCH, HEADS, WIDTH)
    q = shape(x @ w("attention.query.weight"))
    k = shape(seen @ w("attention.key.weight"))
    v = shape(seen @ w("attention.value.weight"))
    u, c = w("attention.relative.contentBias"), w("attention.relative.positionBias")
    rows = []
    for t in range(x.shape[0]):
        at = memory.shape[0] + t
        for b in range(BATCH):
            mixed = []
            for h in range(HEADS):
                scores, values = [], []
                for j in range(at + 1):
                    if not see(at - j):
                        continue
                    r = (sinusoid(at - j, SIZE) @ w("attention.relative.position")).reshape(HEADS, WIDTH)[h]
                    score = q[t, b, h] @ k[j, b, h] + q[t, b, h] @ r + u[h] @ k[j, b, h] + c[h] @ r
                    scores.append(score / math.sqrt(WIDTH))
                    values.append(v[j, b, h])
                weights = torch.softmax(torch.stack(scores), 0)
                mixed.append(sum(a * value for a, value in zip(weights, values)))
            rows.append(torch.cat(mixed))
    attended = torch.stack(rows).reshape(x.shape[0], BATCH, SIZE) @ w("attention.output.weight")
    x = layer_norm(x + attended, w("attentionNorm.gain"), w("attentionNorm.bias"))
    inner = torch.relu(x @ w("feedForward.inner.weight") + w("feedForward.inner.bias"))
    outer = inner @ w("feedForward.outer.weight") + w("feedForward.outer.bias")
    return layer_norm(x + outer, w("feedForwardNorm.gain"), w("feedForwardNorm.bias"))


def xl_case(s, name, span, length, segments):
    """Two layers over segments of lengths `segments`; the memory of a layer is what it read, without gradient."""
    parameters = {f"{layer}.{n}": s.uniform(*shape) for layer in range(2) for n, shape in XL_SHAPES.items()}
    see = (lambda distance: True) if span == "memory" else (lambda distance: distance <= length)

    def run(i, p, f):
        memories = [torch.zeros(0, BATCH, SIZE) for _ in range(2)]
        outputs = []
        for x in i["queries"].split(segments):
            for layer in range(2):
                after = torch.cat([memories[layer], x])[-length:].detach()
                x = xl_block(x, memories[layer], p, str(layer), see)
                memories[layer] = after
            outputs.append(x)
        return torch.cat(outputs)

    inputs = dict(queries=s.normal(sum(segments), BATCH, SIZE))
    options = dict(span=span, length=length, segments=segments, inner=INNER)
    return case(s, name, "transformer-xl", run, inputs, parameters, options=options)


def past_case(s, score):
    """
    Daniluk et al. 2017, equations 1 to 4 (window 3), over states that stand in for a recurrent layer's; r = 0 where
    nothing is behind.
    """
    shapes = {"combine.weight": (8, 4), "combine.bias": (4,)}
    if score == "additive":
        shapes |= {"attention.query": (4, 5), "attention.key": (4, 5), "attention.bias": (5,), "attention.score": (5, 1)}
    parameters = {n: s.uniform(*shape) for n, shape in shapes.items()}

    def run(i, p, f):
        states = i["queries"]
        rows = []
        for t in range(states.shape[0]):
            for b in range(BATCH):
                h = states[t, b]
                window = states[max(0, t - 3) : t, b]
                if score == "additive":
                    asked = h @ p["attention.query"] + p["attention.bias"]
                    scores = [(torch.tanh(asked + y @ p["attention.key"]) @ p["attention.score"])[0] for y in window]
                else:
                    scores = [h @ y / 2 for y in window]
                r = torch.zeros(4)
                if scores:
                    weights = torch.softmax(torch.stack(scores), 0)
                    r = sum(w * y for w, y in zip(weights, window))
                rows.append(torch.tanh(torch.cat([h, r]) @ p["combine.weight"] + p["combine.bias"]))
        return torch.stack(rows).reshape(-1, BATCH, 4)

    inputs = dict(queries=s.normal(6, BATCH, 4))
    options = dict(score=score, length=3, hidden=5)
    return case(s, f"attention over past states, {score}", "past", run, inputs, parameters, options=options)


def main():
    s = Source(4)
    layout = [
        "inputs and output: (time, batch, features); of kind product (batch, heads, time, width), rotary (batch, time, width)",
        "masks: 1 where something may be seen (allowed) or is real (mask); bias is added to scores",
    ]
    cases = [
        *product_cases(s),
        *head_cases(s),
        *block_cases(s),
        additive_case(s),
        rotary_case(s),
        xl_case(s, "transformer-xl, three segments", "memory", 3, [4, 4, 2]),
        xl_case(s, "transformer-xl, no more than three back", "sliding", 3, [4, 4]),
        past_case(s, "additive"),
        past_case(s, "dot"),
    ]
    positions = [0, 1, 2, 7, 31]
    table = torch.stack([sinusoid(position, SIZE) for position in positions])
    write(
        "packages/layers-attention/src/fixtures/attention.json",
        {
            "layout": layout,
            "loss": "sum(output * outputWeight)",
            "heads": HEADS,
            "size": SIZE,
            "sinusoids": {"positions": positions, "table": tensor(table)},
            "cases": cases,
        },
    )


if __name__ == "__main__":
    main()
