"""Recurrent cells written straight from their papers in plain torch, independent of elman and of torch.nn.

Each cell is {parameters: name -> shape, states, step}. `step(p, state, x)` takes x (batch, input) and returns the
new state and the output. Weights are (rows, columns) as in PyTorch: y = x @ W.T; gates are stacked over the rows
in the order of `gates`.
"""
import torch

EPSILON = 1e-5


def sigma(x):
    return 1 / (1 + torch.exp(-x))


def normalised(x, gain):
    mean = x.mean(-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(-1, keepdim=True)
    return gain * (x - mean) / torch.sqrt(variance + EPSILON)


def gru_reset_before(sizes):
    I, H = sizes["input"], sizes["hidden"]

    def step(p, state, x):
        h = state["h"]
        wr, wz, wn = p["weight_ih"].chunk(3)
        ur, uz, un = p["weight_hh"].chunk(3)
        br, bz, bn = p["bias"].chunk(3)
        r = sigma(x @ wr.T + h @ ur.T + br)
        z = sigma(x @ wz.T + h @ uz.T + bz)
        n = torch.tanh(x @ wn.T + (r * h) @ un.T + bn)
        h = z * h + (1 - z) * n
        return {"h": h}, h

    return dict(
        source="Cho et al. 2014, equations 5-8 (with one bias per gate)",
        equations=[
            "r = sigmoid(Wr x + Ur h + br)",
            "z = sigmoid(Wz x + Uz h + bz)",
            "n = tanh(Wn x + Un (r * h) + bn)",
            "h' = z * h + (1 - z) * n",
            "output = h'",
        ],
        gates=["r", "z", "n"],
        states={"h": H},
        parameters={"weight_ih": (3 * H, I), "weight_hh": (3 * H, H), "bias": (3 * H,)},
        step=step,
    )


def lstm_gates(p, h, x):
    return (x @ p["weight_ih"].T + h @ p["weight_hh"].T + p["bias"]).chunk(4, -1)


def lstm_peephole(sizes):
    I, H = sizes["input"], sizes["hidden"]

    def step(p, state, x):
        h, c = state["h"], state["c"]
        i, f, g, o = lstm_gates(p, h, x)
        i = sigma(i + p["peephole_i"] * c)
        f = sigma(f + p["peephole_f"] * c)
        c = f * c + i * torch.tanh(g)
        o = sigma(o + p["peephole_o"] * c)
        h = o * torch.tanh(c)
        return {"h": h, "c": c}, h

    return dict(
        source="Gers & Schmidhuber 2000; in the form of Graves 2013 with tanh output",
        equations=[
            "i = sigmoid(Wi x + Ui h + pi * c + bi)",
            "f = sigmoid(Wf x + Uf h + pf * c + bf)",
            "g = tanh(Wg x + Ug h + bg)",
            "c' = f * c + i * g",
            "o = sigmoid(Wo x + Uo h + po * c' + bo)",
            "h' = o * tanh(c')",
            "output = h'",
        ],
        gates=["i", "f", "g", "o"],
        states={"h": H, "c": H},
        parameters={
            "weight_ih": (4 * H, I), "weight_hh": (4 * H, H), "bias": (4 * H,),
            "peephole_i": (H,), "peephole_f": (H,), "peephole_o": (H,),
        },
        step=step,
    )


def lstm_layer_norm(sizes):
    I, H = sizes["input"], sizes["hidden"]

    def step(p, state, x):
        h, c = state["h"], state["c"]
        sums = normalised(x @ p["weight_ih"].T, p["gain_ih"]) + normalised(h @ p["weight_hh"].T, p["gain_hh"])
        i, f, g, o = (sums + p["bias"]).chunk(4, -1)
        c = sigma(f) * c + sigma(i) * torch.tanh(g)
        h = sigma(o) * torch.tanh(normalised(c, p["gain_c"]) + p["bias_c"])
        return {"h": h, "c": c}, h

    return dict(
        source="Ba, Kiros & Hinton 2016, equations 20-22",
        equations=[
            "(i, f, g, o) = LN(W x; gain_ih) + LN(U h; gain_hh) + b   (each LN over all 4 * hidden values)",
            "c' = sigmoid(f) * c + sigmoid(i) * tanh(g)   (the carried c' is not normalised)",
            "h' = sigmoid(o) * tanh(LN(c'; gain_c) + bias_c)",
            "output = h'",
        ],
        gates=["i", "f", "g", "o"],
        states={"h": H, "c": H},
        parameters={
            "weight_ih": (4 * H, I), "weight_hh": (4 * H, H), "bias": (4 * H,),
            "gain_ih": (4 * H,), "gain_hh": (4 * H,), "gain_c": (H,), "bias_c": (H,),
        },
        step=step,
        options={"epsilon": EPSILON},
    )


def lstm_layer_norm_per_gate(sizes):
    I, H = sizes["input"], sizes["hidden"]

    def step(p, state, x):
        h, c = state["h"], state["c"]
        sums = (x @ p["weight_ih"].T + h @ p["weight_hh"].T).chunk(4, -1)
        gains, biases = p["gain"].chunk(4), p["bias"].chunk(4)
        i, f, g, o = (normalised(s, a) + b for s, a, b in zip(sums, gains, biases))
        c = sigma(f) * c + sigma(i) * torch.tanh(g)
        c = normalised(c, p["gain_c"]) + p["bias_c"]
        h = sigma(o) * torch.tanh(c)
        return {"h": h, "c": c}, h

    return dict(
        source="the form of TensorFlow's LayerNormBasicLSTMCell: each gate normalised by itself",
        equations=[
            "i = sigmoid(LN(Wi x + Ui h; gain_i) + bi), and so f and o; g = tanh(LN(Wg x + Ug h; gain_g) + bg)",
            "c' = LN(f * c + i * g; gain_c) + bias_c   (the carried c' is normalised)",
            "h' = o * tanh(c')",
            "output = h'",
        ],
        gates=["i", "f", "g", "o"],
        states={"h": H, "c": H},
        parameters={
            "weight_ih": (4 * H, I), "weight_hh": (4 * H, H), "gain": (4 * H,), "bias": (4 * H,),
            "gain_c": (H,), "bias_c": (H,),
        },
        step=step,
        options={"epsilon": EPSILON},
    )


def lstm_coupled(sizes):
    I, H = sizes["input"], sizes["hidden"]

    def step(p, state, x):
        h, c = state["h"], state["c"]
        f, g, o = (x @ p["weight_ih"].T + h @ p["weight_hh"].T + p["bias"]).chunk(3, -1)
        f = sigma(f)
        c = f * c + (1 - f) * torch.tanh(g)
        h = sigma(o) * torch.tanh(c)
        return {"h": h, "c": c}, h

    return dict(
        source="Greff et al. 2015 (CIFG), with the forget gate kept: i = 1 - f",
        equations=[
            "f = sigmoid(Wf x + Uf h + bf)",
            "g = tanh(Wg x + Ug h + bg)",
            "o = sigmoid(Wo x + Uo h + bo)",
            "c' = f * c + (1 - f) * g",
            "h' = o * tanh(c')",
            "output = h'",
        ],
        gates=["f", "g", "o"],
        states={"h": H, "c": H},
        parameters={"weight_ih": (3 * H, I), "weight_hh": (3 * H, H), "bias": (3 * H,)},
        step=step,
    )


def lstm_clipped(sizes, cell_clip=0.45, projection_clip=0.2):
    I, H, P = sizes["input"], sizes["hidden"], sizes["projection"]

    def step(p, state, x):
        h, c = state["h"], state["c"]
        i, f, g, o = lstm_gates(p, h, x)
        c = torch.clamp(sigma(f) * c + sigma(i) * torch.tanh(g), -cell_clip, cell_clip)
        h = torch.clamp((sigma(o) * torch.tanh(c)) @ p["weight_hr"].T, -projection_clip, projection_clip)
        return {"h": h, "c": c}, h

    return dict(
        source="Sak et al. 2014 with the clipping of ELMo (Peters et al. 2018); a clipped value passes no gradient",
        equations=[
            "c' = clip(sigmoid(f) * c + sigmoid(i) * tanh(g), -cellClip, cellClip)",
            "h' = clip(R (sigmoid(o) * tanh(c')), -projectionClip, projectionClip)   (no bias in R = weight_hr)",
            "output = h'",
        ],
        gates=["i", "f", "g", "o"],
        states={"h": P, "c": H},
        parameters={"weight_ih": (4 * H, I), "weight_hh": (4 * H, P), "bias": (4 * H,), "weight_hr": (P, H)},
        step=step,
        options={"cellClip": cell_clip, "projectionClip": projection_clip},
    )


CELLS = {
    "gru-reset-before": gru_reset_before,
    "lstm-peephole": lstm_peephole,
    "lstm-layer-norm": lstm_layer_norm,
    "lstm-layer-norm-per-gate": lstm_layer_norm_per_gate,
    "lstm-coupled": lstm_coupled,
    "lstm-projection-clipped": lstm_clipped,
}


def unroll(cell, p, state, x):
    outputs = []
    for xt in x:
        state, output = cell["step"](p, state, xt)
        outputs.append(output)
    return torch.stack(outputs), state
