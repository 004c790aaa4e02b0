"""Goldens of cells with a memory and of the diagonal recurrence, for packages/layers-recurrent/src/memory.

Every cell is a loop over time and rows. A memory is a Python list of cells, of which every action makes another list by
what it does to lists (put in front, take off, write at a place, move along); the new memory is their mixture, cell by
cell. The queue's pointer is a list of probabilities of its lengths, not the thermometer of the TypeScript. Nothing is
shared with it. In the hard cases the likeliest action alone is done.

The start is the empty memory. loss = sum(output * outputWeight) + sum over memories of sum(final cells * finalWeight).
"""
import torch
import torch.nn.functional as F

from golden_file import Source, tensor, tensors, write

TIME, BATCH, INPUT = 9, 2, 3
HIDDEN, SIZE, CAPACITY = 4, 3, 6
STACKS, JUMP = 2, 3


def linear(x, p, name):
    return x @ p[name] + p[name + "Bias"]


def plain(activation, recurrent=True):
    def control(p, s, x, read):
        z = torch.cat([x, read]) @ torch.cat([p["input"], p["read"]]) + p["bias"]
        return {"h": activation(z + s["h"] @ p["recurrent"] if recurrent else z)}

    names = {"input": (INPUT, HIDDEN), "bias": (HIDDEN,)}
    return control, names | ({"recurrent": (HIDDEN, HIDDEN)} if recurrent else {}), 1


def lstm():
    def control(p, s, x, read):
        z = torch.cat([x, read]) @ torch.cat([p["input"], p["read"]]) + s["h"] @ p["recurrent"] + p["bias"]
        i, f, g, o = z.chunk(4)
        c = torch.sigmoid(f) * s["c"] + torch.sigmoid(i) * torch.tanh(g)
        return {"h": torch.sigmoid(o) * torch.tanh(c), "c": c}

    return control, {"input": (INPUT, 4 * HIDDEN), "bias": (4 * HIDDEN,), "recurrent": (HIDDEN, 4 * HIDDEN)}, 4


def weights(logits, hard):
    if not hard:
        return torch.softmax(logits, 0)
    return F.one_hot(logits.argmax(), len(logits)).to(logits.dtype)


def mixture(parts):
    """Cell by cell, sum of weight * cells over (weight, cells)."""
    return [sum(w * cells[i] for w, cells in parts) for i in range(len(parts[0][1]))]


def stacks_of(number, size, depth=1, empty=0.0, squash=lambda v: v, actions=3, together=False):
    """Each stack is a list of cells; what is below the bottom has the empty value."""

    def start():
        return [[torch.full((size,), empty)] * CAPACITY for _ in range(number)]

    def read(m):
        return torch.cat([stack[k] for stack in m for k in range(depth)])

    def after(p, m, h, hard):
        bottom = torch.full((size,), empty)
        logits = linear(h, p, "action")
        grouped = weights(logits, hard).chunk(number) if together else [weights(part, hard) for part in logits.chunk(number)]
        values = squash(linear(h, p, "push")).chunk(number)
        new = []
        for stack, a, v in zip(m, grouped, values):
            made = [[v, *stack][:CAPACITY], [*stack[1:], bottom], stack]
            new.append(mixture(list(zip(a, made))))
        return new

    def cells(m):
        return torch.stack([torch.stack(stack) for stack in m]) - empty

    shapes = {"action": (HIDDEN, number * actions), "push": (HIDDEN, number * size)}
    return start, read, after, {"stack": cells}, shapes, depth * number * size


def queue():
    """(cells, probabilities that 0, 1, .. CAPACITY cells are in use)."""

    def start():
        return [torch.zeros(SIZE)] * CAPACITY, [torch.tensor(float(n == 0)) for n in range(CAPACITY + 1)]

    def after(p, m, h, hard):
        cells, lengths = m
        a = weights(linear(h, p, "action"), hard)
        v = linear(h, p, "value")
        longer = [torch.tensor(0.0), *lengths[:-1]]
        longer[-1] = longer[-1] + lengths[-1]
        shorter = [*lengths[1:], torch.tensor(0.0)]
        shorter[0] = shorter[0] + lengths[0]
        enqueued = [cell + lengths[i] * v for i, cell in enumerate(cells)]
        dequeued = [*cells[1:], torch.zeros(SIZE)]
        return (
            mixture(list(zip(a, [enqueued, dequeued, cells]))),
            mixture(list(zip(a, [longer, shorter, lengths]))),
        )

    def filled(m):
        return torch.stack([sum(m[1][i + 1 :])[None] for i in range(CAPACITY)])

    shapes = {"action": (HIDDEN, 3), "value": (HIDDEN, SIZE)}
    return start, lambda m: m[0][0], after, {"queue": lambda m: torch.stack(m[0]), "filled": filled}, shapes, SIZE


def tape(jump, layers):
    """A dictionary from places to cells; place 0 is under the head."""
    places = range(-CAPACITY + 1, CAPACITY)
    shifts = [0, -1, 1] + ([-jump, jump] if jump else [])

    def after(p, m, h, hard):
        a = weights(linear(h, p, "action"), hard)
        for k in range(len(layers)):
            h = F.relu(linear(h, p, f"value{k}"))
        written = {**m, 0: linear(h, p, "value")}
        return {i: sum(w * written.get(i + s, torch.zeros(SIZE)) for w, s in zip(a, shifts)) for i in places}

    widths = [HIDDEN, *layers]
    shapes = {"action": (HIDDEN, len(shifts)), "value": (widths[-1], SIZE)}
    shapes |= {f"value{k}": (widths[k], width) for k, width in enumerate(layers)}
    cells = {"tape": lambda m: torch.stack([m[i] for i in places])}
    return lambda: {i: torch.zeros(SIZE) for i in places}, lambda m: m[0], after, cells, shapes, SIZE


def two_joint(together):
    return stacks_of(STACKS, SIZE, together=together)


def scalars(actions):
    return stacks_of(STACKS, 1, depth=2, empty=-1.0, squash=torch.sigmoid, actions=actions)


CELLS = {
    "stack-rnn": (plain(torch.tanh), stacks_of(1, SIZE), False),
    "stack-rnn, rectified, two stacks": (plain(F.relu), two_joint(False), False),
    "stack-rnn, two stacks, one softmax": (plain(torch.tanh), two_joint(True), False),
    "stack-rnn, hard": (plain(torch.tanh), two_joint(False), True),
    "stack-lstm": (lstm(), stacks_of(1, SIZE), False),
    "superposition-stack": (plain(torch.sigmoid, False), scalars(3), False),
    "superposition-stack, recurrent, two actions": (plain(torch.sigmoid), scalars(2), False),
    "queue-rnn": (plain(torch.tanh), queue(), False),
    "queue-rnn of an LSTM": (lstm(), queue(), False),
    "queue-rnn, hard": (plain(torch.tanh), queue(), True),
    "tape-rnn": (plain(torch.tanh), tape(None, []), False),
    "tape-rnn with jumps": (plain(F.relu), tape(JUMP, [4, 5]), False),
    "tape-rnn, hard": (plain(torch.tanh), tape(JUMP, []), True),
}


def case(seed, name):
    (control, controller_shapes, gates), (start, read, after, cells, memory_shapes, read_size), hard = CELLS[name]
    source = Source(seed)
    shapes = {**controller_shapes, "read": (read_size, gates * HIDDEN), **memory_shapes}
    shapes |= {f"{n}Bias": shape[1:] for n, shape in memory_shapes.items()}
    # Actions are made decided and different from step to step.
    p = {n: source.normal(*shape, scale=2.0 if n == "action" else 0.7) for n, shape in shapes.items()}
    x = source.normal(TIME, BATCH, INPUT)
    for leaf in [x, *p.values()]:
        leaf.requires_grad_(True)
    outputs, finals = [], []
    for row in range(BATCH):
        s, m, out = {"h": torch.zeros(HIDDEN), "c": torch.zeros(HIDDEN)}, start(), []
        for t in range(TIME):
            s = control(p, s, x[t, row], read(m))
            m = after(p, m, s["h"], hard)
            out.append(s["h"])
        outputs.append(torch.stack(out))
        finals.append({n: of(m) for n, of in cells.items()})
    return measured(source, name, p, x, torch.stack(outputs, 1), finals)


def measured(source, name, p, x, output, finals):
    final = {n: torch.stack([one[n] for one in finals]) for n in finals[0]}
    output_weight = source.normal(*output.shape)
    final_weights = {n: source.normal(*value.shape) for n, value in final.items()}
    loss = (output * output_weight).sum() + sum((final[n] * final_weights[n]).sum() for n in final)
    loss.backward()
    return {
        "name": name,
        "input": tensor(x),
        "parameters": tensors(p),
        "outputWeight": tensor(output_weight),
        "finalWeights": tensors(final_weights),
        "output": tensor(output),
        "finalStates": tensors(final),
        "gradients": {
            "input": tensor(x.grad),
            "parameters": tensors({n: torch.zeros_like(v) if v.grad is None else v.grad for n, v in p.items()}),
        },
    }


def diagonal(seed, name, eigenvalue, gated):
    source = Source(seed)
    shapes = {"input": (INPUT, 2 * HIDDEN), "bias": (2 * HIDDEN,)}
    shapes |= {"gate": (INPUT, HIDDEN), "gateBias": (HIDDEN,)} if gated else {}
    p = {n: source.normal(*shape) for n, shape in shapes.items()}
    x = source.normal(TIME, BATCH, INPUT)
    for leaf in [x, *p.values()]:
        leaf.requires_grad_(True)
    outputs, finals = [], []
    for row in range(BATCH):
        h, out = torch.zeros(HIDDEN), []
        for t in range(TIME):
            a, b = (x[t, row] @ p["input"] + p["bias"]).chunk(2)
            h = torch.diag(eigenvalue(a)) @ h + b
            out.append(torch.sigmoid(x[t, row] @ p["gate"] + p["gateBias"]) * h if gated else h)
        outputs.append(torch.stack(out))
        finals.append({"h": h})
    return measured(source, name, p, x, torch.stack(outputs, 1), finals)


def main():
    cases = [case(500 + k, name) for k, name in enumerate(CELLS)]
    cases.append(diagonal(600, "diagonal", torch.sigmoid, True))
    cases.append(diagonal(601, "diagonal of both signs", lambda a: torch.tanh(a / 2), False))
    write(
        "packages/layers-recurrent/src/fixtures/memory.json",
        {
            "layout": "input (time, batch, input); output (time, batch, width); stacks (batch, stacks, capacity, "
            "cellSize), the top first and less the empty value; queues and tapes (batch, cells, cellSize)",
            "loss": "sum(output * outputWeight) + sum(finalStates[s] * finalWeights[s]); the first state is zero",
            "sizes": {"hidden": HIDDEN, "cellSize": SIZE, "capacity": CAPACITY, "stacks": STACKS, "jump": JUMP},
            "cells": cases,
        },
    )


main()
