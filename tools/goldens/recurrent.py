"""Goldens of torch.nn's recurrent modules and of the reference cells, for packages/layers-recurrent.

loss = sum(output * outputWeight) + sum over states of sum(final state * finalStateWeights[state]).
"""
import torch

from golden_file import Source, tensor, tensors, write
from recurrent_cells import CELLS, lstm_clipped, lstm_peephole, unroll

TIME, BATCH = 5, 3
SIZES = {"input": 4, "hidden": 3, "projection": 2}

MODULES = {
    "rnn-tanh": (torch.nn.RNN, dict(nonlinearity="tanh")),
    "rnn-relu": (torch.nn.RNN, dict(nonlinearity="relu")),
    "lstm": (torch.nn.LSTM, {}),
    "lstm-projection": (torch.nn.LSTM, dict(proj_size=SIZES["projection"])),
    "gru": (torch.nn.GRU, {}),
}


def measured(source, run, parameters, x, states):
    """Everything a test compares: `run(x, states)` gives the outputs and the final states by name."""
    leaves = [x, *states.values(), *parameters.values()]
    for leaf in leaves:
        leaf.requires_grad_(True)
    output, finals = run(x, states)
    output_weight = source.normal(*output.shape)
    final_weights = {name: source.normal(*value.shape) for name, value in finals.items()}
    loss = (output * output_weight).sum() + sum((finals[n] * final_weights[n]).sum() for n in finals)
    loss.backward()
    return {
        "input": tensor(x),
        "initialStates": tensors(states),
        "parameters": tensors(parameters),
        "outputWeight": tensor(output_weight),
        "finalStateWeights": tensors(final_weights),
        "output": tensor(output),
        "finalStates": tensors(finals),
        "loss": loss.item(),
        "gradients": {
            "input": tensor(x.grad),
            "initialStates": tensors({n: s.grad for n, s in states.items()}),
            "parameters": tensors({n: p.grad for n, p in parameters.items()}),
        },
    }


def module_case(seed, kind, layers, bidirectional):
    source = Source(seed)
    create, options = MODULES[kind]
    module = create(SIZES["input"], SIZES["hidden"], layers, bidirectional=bidirectional, **options)
    parameters = dict(module.named_parameters())
    for parameter in parameters.values():
        parameter.data = source.uniform(*parameter.shape)
    rows = layers * (2 if bidirectional else 1)
    widths = {"h": options.get("proj_size", SIZES["hidden"])}
    if create is torch.nn.LSTM:
        widths["c"] = SIZES["hidden"]
    states = {name: source.normal(rows, BATCH, width, scale=0.5) for name, width in widths.items()}

    def run(x, s):
        output, final = module(x, (s["h"], s["c"]) if "c" in s else s["h"])
        return output, ({"h": final[0], "c": final[1]} if "c" in s else {"h": final})

    head = {
        "name": f"{kind}, {layers} layer{'s' if layers > 1 else ''}, {'both directions' if bidirectional else 'forward'}",
        "kind": kind,
        "layers": layers,
        "bidirectional": bidirectional,
        "hidden": SIZES["hidden"],
        "projection": options.get("proj_size"),
    }
    return {**head, **measured(source, run, parameters, source.normal(TIME, BATCH, SIZES["input"]), states)}


def cell_case(seed, kind):
    source = Source(seed)
    cell = CELLS[kind](SIZES)
    # Layer normalisation is insensitive to the scale of its weights; its gains stay away from zero.
    parameters = {
        name: source.uniform(*shape, low=0.5, high=1.5) if name.startswith("gain") else source.uniform(*shape)
        for name, shape in cell["parameters"].items()
    }
    states = {name: source.normal(BATCH, width, scale=0.3) for name, width in cell["states"].items()}
    x = source.normal(TIME, BATCH, SIZES["input"])
    check_gradients(cell, parameters, states, x)
    head = {
        "name": kind,
        "source": cell["source"],
        "equations": cell["equations"],
        "gates": cell["gates"],
        "hidden": SIZES["hidden"],
        "options": cell.get("options", {}),
    }
    return {**head, **measured(source, lambda x, s: unroll(cell, parameters, s, x), parameters, x, states)}


def check_gradients(cell, parameters, states, x):
    """Central differences against the gradients that are written (so no kink lies within the step either)."""
    names, state_names = list(parameters), list(states)
    leaves = [t.clone().requires_grad_(True) for t in (*parameters.values(), *states.values(), x)]

    def run(*values):
        p = dict(zip(names, values))
        s = dict(zip(state_names, values[len(names) :]))
        output, final = unroll(cell, p, s, values[-1])
        return (output, *final.values())

    assert torch.autograd.gradcheck(run, leaves, eps=1e-6, atol=1e-7)


def check_cells():
    """The cells agree with torch.nn where they coincide: peepholes of zero, clips that never act."""
    source = Source(7)
    x = source.normal(TIME, BATCH, SIZES["input"])
    for make, kind in [(lstm_peephole, "lstm"), (lambda s: lstm_clipped(s, 1e9, 1e9), "lstm-projection")]:
        cell = make(SIZES)
        p = {n: torch.zeros(s) if "peephole" in n else source.uniform(*s) for n, s in cell["parameters"].items()}
        create, options = MODULES[kind]
        module = create(SIZES["input"], SIZES["hidden"], **options)
        theirs = {"weight_ih_l0": p["weight_ih"], "weight_hh_l0": p["weight_hh"], "bias_ih_l0": p["bias"]}
        theirs["bias_hh_l0"] = torch.zeros_like(p["bias"])
        if "weight_hr" in p:
            theirs["weight_hr_l0"] = p["weight_hr"]
        module.load_state_dict(theirs)
        zero = {n: torch.zeros(BATCH, w) for n, w in cell["states"].items()}
        assert torch.allclose(unroll(cell, p, zero, x)[0], module(x)[0], rtol=0, atol=1e-14)


def check_clips(case):
    for clip, values in [("cellClip", case["finalStates"]["c"]["data"]), ("projectionClip", case["output"]["data"])]:
        at = [abs(abs(v) - case["options"][clip]) < 1e-12 for v in values]
        assert any(at) and not all(at), f"{clip} acts on {sum(at)} of {len(at)}"


def main():
    check_cells()
    shapes = [(layers, both) for layers in (1, 2) for both in (False, True)]
    modules = [
        module_case(100 + 10 * k + j, kind, layers, both)
        for k, kind in enumerate(MODULES)
        for j, (layers, both) in enumerate(shapes)
    ]
    cells = [cell_case(200 + k, kind) for k, kind in enumerate(CELLS)]
    check_clips(next(c for c in cells if c["name"] == "lstm-projection-clipped"))
    write(
        "packages/layers-recurrent/src/fixtures/recurrent.json",
        {
            "layout": "input (time, batch, input); output (time, batch, directions * width); states of modules "
            "(layers * directions, batch, width), layer by layer, forward before reverse; states of cells (batch, width)",
            "loss": "sum(output * outputWeight) + sum(finalStates[s] * finalStateWeights[s]) over the states s",
            "gateOrder": {"lstm": ["i", "f", "g", "o"], "gru": ["r", "z", "n"]},
            "modules": modules,
            "cells": cells,
        },
    )


main()
