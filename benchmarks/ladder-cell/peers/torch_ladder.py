#!/usr/bin/env python3
"""PyTorch, eager: a cell of the ladder (see README.md).

nn.RNN and nn.LSTM with their second bias frozen at zero; the Stack-RNN is a loop over steps, as papers write it.
"""
import numpy as np
import torch

from ladder_tasks import (
    BATCH, CELL_SIZE, CLIP, TASKS, arguments, initial_parameters, rate_of, serve, sizes_of, strings,
)


class Recurrent(torch.nn.Module):
    """nn.RNN or nn.LSTM over one-hot symbols."""

    def __init__(self, spec, initial):
        super().__init__()
        self.inputs = spec["inputs"]
        kind = torch.nn.LSTM if spec["network"] == "lstm" else torch.nn.RNN
        self.layer = kind(spec["inputs"], spec["hidden"])
        self.answer = torch.nn.Linear(spec["hidden"], spec["outputs"])
        names = {"weight_ih_l0": "input", "weight_hh_l0": "recurrent", "bias_ih_l0": "bias"}
        with torch.no_grad():
            for name, source in names.items():
                getattr(self.layer, name).copy_(torch.from_numpy(initial[source].T))
            self.layer.bias_hh_l0.zero_().requires_grad_(False)
            self.answer.weight.copy_(torch.from_numpy(initial["weight"].T))
            self.answer.bias.copy_(torch.from_numpy(initial["answer"]))

    def forward(self, symbols):
        return self.answer(self.layer(torch.nn.functional.one_hot(symbols, self.inputs).float())[0])


class StackRnn(torch.nn.Module):
    """A tanh cell that controls a stack (Joulin & Mikolov 2015) of one cell more than there are steps."""

    def __init__(self, spec, initial):
        super().__init__()
        self.hidden = spec["hidden"]
        for name, value in initial.items():
            self.register_parameter(name, torch.nn.Parameter(torch.from_numpy(value)))

    def forward(self, symbols):
        steps, rows = symbols.shape
        seen = self.input[symbols] + self.bias
        h = seen.new_zeros(rows, self.hidden)
        stack = seen.new_zeros(rows, steps + 1, CELL_SIZE)
        empty = seen.new_zeros(rows, 1, CELL_SIZE)
        outputs = []
        for x in seen:
            h = torch.tanh(x + stack[:, 0] @ self.read + h @ self.recurrent)
            actions = torch.softmax(h @ self.action + self.action_bias, -1)
            push, pop, noop = actions[:, :, None, None].unbind(1)
            value = (h @ self.push + self.push_bias)[:, None]
            stack = (
                push * torch.cat([value, stack[:, :-1]], 1) + pop * torch.cat([stack[:, 1:], empty], 1) + noop * stack
            )
            outputs.append(h)
        return torch.stack(outputs) @ self.weight + self.answer


def main():
    options = arguments(__doc__.splitlines()[0])
    torch.set_num_threads(1)
    spec = TASKS[options.task]
    kind = StackRnn if spec["network"] == "stack" else Recurrent
    model = kind(spec, initial_parameters(options.task, options.seed))

    def train(rng):
        trained = [p for p in model.parameters() if p.requires_grad]
        optimizer = torch.optim.Adam(trained)
        for step, size in enumerate(sizes_of(rng, options.steps)):
            inputs, targets, scored = strings(options.task, rng, int(size), BATCH)
            asked = np.flatnonzero(scored)
            logits = model(torch.from_numpy(inputs))[asked]
            loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), torch.from_numpy(targets[asked]).flatten())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, CLIP)
            optimizer.param_groups[0]["lr"] = rate_of(step, options.steps)
            optimizer.step()
        return model

    @torch.no_grad()
    def right(model, inputs, targets, scored):
        answers = model(torch.from_numpy(inputs)).argmax(-1).numpy()
        return ((answers == targets) * scored[:, None]).sum(0)

    serve(options, train, right)


if __name__ == "__main__":
    main()
