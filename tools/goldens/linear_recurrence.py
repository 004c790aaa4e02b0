"""Goldens of linear recurrences and xLSTM cells, for packages/layers-recurrent/src/linear.

Every cell is a loop over time, rows and heads written from the paper's equations, with vectors and matrices of one row
and one head at a time: nothing is stabilised, nothing runs in parallel, nothing is shared with the TypeScript.
Exponential gates are therefore kept small here.

loss = sum(output * outputWeight) + sum over states of sum(final state * finalStateWeights[state]), without the states
that depend on how a cell is stabilised.
"""
import math

import torch
import torch.nn.functional as F

from golden_file import Source, tensor, tensors, write

TIME, BATCH, INPUT = 11, 2, 3
HIDDEN, HEADS, KEY = 4, 2, 3
SIZE = HIDDEN // HEADS
WIDTH = 4


def gated(z):
    return torch.where(z >= 0, z + 0.5, torch.sigmoid(z))


def min_gru(p, s, x, first):
    z, candidate = (x @ p["input"] + p["bias"]).chunk(2)
    z = torch.sigmoid(z)
    h = (1 - z) * s["h"] + z * gated(candidate)
    return h, {"h": h}


def min_gru_plain(p, s, x, first):
    z, candidate = (x @ p["input"] + p["bias"]).chunk(2)
    z = torch.sigmoid(z)
    h = (1 - z) * s["h"] + z * candidate
    return h, {"h": h}


def min_lstm(p, s, x, first):
    f, i, candidate = (x @ p["input"] + p["bias"]).chunk(3)
    f, i = torch.sigmoid(f), torch.sigmoid(i)
    h = f / (f + i) * s["h"] + i / (f + i) * gated(candidate)
    return h, {"h": h}


def blocks(x, weight):
    """Block-diagonal product: x (heads * rows), weight (heads, rows, columns)."""
    return torch.cat([part @ w for part, w in zip(x.chunk(len(weight)), weight)])


def convolve(p, seen):
    """seen: the last WIDTH inputs, the oldest first."""
    return sum(k * v for k, v in zip(p["kernel"], seen)) + p["kernelBias"]


def rg_lru_of(p, s, u, first):
    r = torch.sigmoid(blocks(u, p["recurrenceGate"]) + p["recurrenceBias"])
    i = torch.sigmoid(blocks(u, p["inputGate"]) + p["inputGateBias"])
    a = torch.exp(-F.softplus(p["decay"])) ** (8 * r)
    h = i * u if first else a * s["h"] + torch.sqrt(1 - a**2) * i * u
    return h


def rg_lru(p, s, x, first):
    h = rg_lru_of(p, s, x @ p["input"] + p["inputBias"], first)
    return h, {"h": h}


def griffin(p, s, x, first):
    u = x @ p["input"] + p["inputBias"]
    seen = torch.cat([s["window"], u[None]])
    h = rg_lru_of(p, s, convolve(p, seen), first)
    branch = F.gelu(x @ p["branch"] + p["branchBias"], approximate="tanh")
    return (branch * h) @ p["output"] + p["outputBias"], {"h": h, "window": seen[1:]}


def s_lstm(p, s, x, first):
    """Not stabilised: c and n grow with exp(i)."""
    fromInput = (x @ p["input"] + p["bias"]).reshape(4, HEADS, SIZE)
    fromState = torch.stack([h @ w for h, w in zip(s["h"].chunk(HEADS), p["recurrent"])]).reshape(HEADS, 4, SIZE)
    i, f, z, o = (fromInput + fromState.transpose(0, 1)).reshape(4, HIDDEN)
    c = torch.sigmoid(f) * s["c"] + torch.exp(i) * torch.tanh(z)
    n = torch.sigmoid(f) * s["n"] + torch.exp(i)
    h = torch.sigmoid(o) * c / n
    return h, {"h": h, "c": c, "n": n}


def qkv(product):
    q, k, v = product.split([HEADS * KEY, HEADS * KEY, HIDDEN])
    return q.chunk(HEADS), k.chunk(HEADS), v.chunk(HEADS)


def m_lstm(p, s, x, first):
    """Not stabilised: the floor of the denominator is 1."""
    q, k, v = qkv(x @ p["input"])
    i, f = (x @ p["gates"] + p["gateBias"]).chunk(2)
    memory, norm, out = [], [], []
    for head in range(HEADS):
        keep, write_ = torch.sigmoid(f[head]), torch.exp(i[head])
        key = k[head] / math.sqrt(KEY)
        memory.append(keep * s["memory"][head] + write_ * torch.outer(key, v[head]))
        norm.append(keep * s["normalizer"][head] + write_ * key)
        bottom = torch.clamp(torch.abs(norm[head] @ q[head]), min=1.0)
        out.append(F.layer_norm(memory[head].T @ q[head] / bottom, (SIZE,)))
    gate = torch.sigmoid(x @ p["outputGate"] + p["outputBias"])
    return gate * torch.cat(out) * p["gain"], {"memory": torch.stack(memory), "normalizer": torch.stack(norm)}


def delta_net_of(p, s, x, mixed):
    q, k, v = qkv(F.silu(mixed))
    memory, out = [], []
    for head in range(HEADS):
        query = q[head] / torch.sqrt((q[head] ** 2).sum() + 1e-6) / math.sqrt(KEY)
        key = k[head] / torch.sqrt((k[head] ** 2).sum() + 1e-6)
        g = -torch.exp(p["logRate"][head]) * F.softplus(x @ p["fade"][:, head] + p["fadeBias"][head])
        beta = torch.sigmoid(x @ p["strength"][:, head])
        S = torch.exp(g) * s["memory"][head]
        S = S + torch.outer(key, beta * (v[head] - S.T @ key))
        memory.append(S)
        o = S.T @ query
        out.append(o / torch.sqrt((o**2).mean() + 1e-5) * p["gain"])
    return torch.cat(out) * F.silu(x @ p["outputGate"]), torch.stack(memory)


def delta_net(p, s, x, first):
    out, memory = delta_net_of(p, s, x, x @ p["input"])
    return out, {"memory": memory}


def delta_net_convolved(p, s, x, first):
    seen = torch.cat([s["window"], (x @ p["input"])[None]])
    out, memory = delta_net_of(p, s, x, convolve(p, seen))
    return out, {"memory": memory, "window": seen[1:]}


def mamba2(p, s, x, first):
    u, b, c = F.silu(x @ p["input"]).split([HIDDEN, KEY, KEY])
    memory, y = [], []
    for head, part in enumerate(u.chunk(HEADS)):
        step = F.softplus(x @ p["fade"][:, head] + p["fadeBias"][head])
        memory.append(torch.exp(-torch.exp(p["logRate"][head]) * step) * s["memory"][head] + step * torch.outer(b, part))
        y.append(memory[head].T @ c + p["skip"][head] * part)
    y = torch.cat(y) * F.silu(x @ p["outputGate"])
    return y / torch.sqrt((y**2).mean() + 1e-5) * p["gain"], {"memory": torch.stack(memory)}


GATES = {"recurrenceGate": (HEADS, SIZE, SIZE), "inputGate": (HEADS, SIZE, SIZE)}
LRU = {
    "input": (INPUT, HIDDEN),
    "inputBias": (HIDDEN,),
    **GATES,
    "recurrenceBias": (HIDDEN,),
    "inputGateBias": (HIDDEN,),
    "decay": (HIDDEN,),
}
QKV = 2 * HEADS * KEY + HIDDEN
DELTA = {
    "input": (INPUT, QKV),
    "outputGate": (INPUT, HIDDEN),
    "strength": (INPUT, HEADS),
    "fade": (INPUT, HEADS),
    "fadeBias": (HEADS,),
    "logRate": (HEADS,),
    "gain": (SIZE,),
}
MEMORY = {"memory": (HEADS, KEY, SIZE)}

CELLS = {
    "min-gru": (min_gru, {"input": (INPUT, 2 * HIDDEN), "bias": (2 * HIDDEN,)}, {"h": (HIDDEN,)}),
    "min-gru-plain": (min_gru_plain, {"input": (INPUT, 2 * HIDDEN), "bias": (2 * HIDDEN,)}, {"h": (HIDDEN,)}),
    "min-lstm": (min_lstm, {"input": (INPUT, 3 * HIDDEN), "bias": (3 * HIDDEN,)}, {"h": (HIDDEN,)}),
    "rg-lru": (rg_lru, LRU, {"h": (HIDDEN,)}),
    "griffin": (
        griffin,
        {
            **LRU,
            "kernel": (WIDTH, HIDDEN),
            "kernelBias": (HIDDEN,),
            "branch": (INPUT, HIDDEN),
            "branchBias": (HIDDEN,),
            "output": (HIDDEN, INPUT),
            "outputBias": (INPUT,),
        },
        {"h": (HIDDEN,), "window": (WIDTH - 1, HIDDEN)},
    ),
    "s-lstm": (
        s_lstm,
        {"input": (INPUT, 4 * HIDDEN), "recurrent": (HEADS, SIZE, 4 * SIZE), "bias": (4 * HIDDEN,)},
        {"h": (HIDDEN,), "c": (HIDDEN,), "n": (HIDDEN,)},
    ),
    "m-lstm": (
        m_lstm,
        {
            "input": (INPUT, QKV),
            "gates": (INPUT, 2 * HEADS),
            "gateBias": (2 * HEADS,),
            "outputGate": (INPUT, HIDDEN),
            "outputBias": (HIDDEN,),
            "gain": (HIDDEN,),
        },
        {**MEMORY, "normalizer": (HEADS, KEY)},
    ),
    "gated-delta-net": (delta_net, DELTA, MEMORY),
    "gated-delta-net-convolved": (
        delta_net_convolved,
        {**DELTA, "kernel": (WIDTH, QKV), "kernelBias": (QKV,)},
        {**MEMORY, "window": (WIDTH - 1, QKV)},
    ),
    "mamba-2": (
        mamba2,
        {
            "input": (INPUT, HIDDEN + 2 * KEY),
            "outputGate": (INPUT, HIDDEN),
            "fade": (INPUT, HEADS),
            "fadeBias": (HEADS,),
            "logRate": (HEADS,),
            "skip": (HEADS,),
            "gain": (HIDDEN,),
        },
        MEMORY,
    ),
}


def unroll(step, p, states, x, reset):
    outputs, finals = [], []
    for row in range(BATCH):
        state, first = {name: value[row] for name, value in states.items()}, False
        row_outputs = []
        for t in range(TIME):
            if reset[t, row]:
                state, first = {name: torch.zeros_like(value) for name, value in state.items()}, True
            output, state = step(p, state, x[t, row], first)
            first = False
            row_outputs.append(output)
        outputs.append(torch.stack(row_outputs))
        finals.append(state)
    return torch.stack(outputs, 1), {name: torch.stack([state[name] for state in finals]) for name in states}


def cell_case(seed, name):
    source = Source(seed)
    step, shapes, widths = CELLS[name]
    p = {n: source.uniform(*shape) for n, shape in shapes.items()}
    # Normalisers are positive sums; the rest starts anywhere.
    states = {
        n: source.uniform(BATCH, *shape, low=0.5, high=1.5) if n == "n" else source.normal(BATCH, *shape, scale=0.3)
        for n, shape in widths.items()
    }
    x = source.normal(TIME, BATCH, INPUT)
    reset = torch.zeros(TIME, BATCH)
    reset[4, 0] = reset[7, 0] = reset[2, 1] = 1
    leaves = [x, *states.values(), *p.values()]
    for leaf in leaves:
        leaf.requires_grad_(True)
    output, finals = unroll(step, p, states, x, reset)
    output_weight = source.normal(*output.shape)
    weights = {n: source.normal(*value.shape) for n, value in finals.items()}
    # sLSTM and mLSTM keep their memories scaled; what leaves the cell is the same.
    scaled = {"s-lstm": {"c", "n"}, "m-lstm": {"memory", "normalizer"}}.get(name, set())
    compared = [n for n in finals if n not in scaled]
    loss = (output * output_weight).sum() + sum((finals[n] * weights[n]).sum() for n in compared)
    loss.backward()
    return {
        "name": name,
        "input": tensor(x),
        "reset": tensor(reset),
        "initialStates": tensors(states),
        "parameters": tensors(p),
        "outputWeight": tensor(output_weight),
        "finalStateWeights": tensors({n: weights[n] for n in compared}),
        "output": tensor(output),
        "finalStates": tensors(finals),
        "loss": loss.item(),
        "gradients": {
            "input": tensor(x.grad),
            "initialStates": tensors({n: s.grad for n, s in states.items()}),
            "parameters": tensors({n: v.grad for n, v in p.items()}),
        },
    }


def main():
    write(
        "packages/layers-recurrent/src/fixtures/linear-recurrence.json",
        {
            "layout": "input (time, batch, input); reset (time, batch), 1 where the state is zero before the step; "
            "output (time, batch, width); states (batch, ...); matrices (in, out)",
            "loss": "sum(output * outputWeight) + sum(finalStates[s] * finalStateWeights[s]) over the states s that "
            "have a weight",
            "sizes": {"hidden": HIDDEN, "heads": HEADS, "keySize": KEY, "convolution": WIDTH},
            "cells": [cell_case(300 + k, name) for k, name in enumerate(CELLS)],
        },
    )


main()
