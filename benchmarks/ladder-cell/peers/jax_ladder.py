#!/usr/bin/env python3
"""JAX: a cell of the ladder (see README.md).

One jit-compiled step with donated buffers for each length, as in the code of Delétang et al. (2023), or, with
--padded, one for all: strings are padded to the longest and padding is masked out of the loss. XLA's CPU client takes
its thread count from the affinity mask, which is narrowed to one core before jax is imported (on Linux).
"""
import os

from ladder_tasks import (
    BATCH, CELL_SIZE, CLIP, TASKS, TRAIN_SIZE, arguments, initial_parameters, length_of, rate_of, serve, sizes_of, strings,
)


def main():
    options = arguments(
        __doc__.splitlines()[0],
        lambda p: p.add_argument("--padded", action="store_true", help="one length for all training strings"),
    )
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    import jax.numpy as jnp
    import numpy as np

    spec = TASKS[options.task]
    hidden = spec["hidden"]

    def elman(p, h, x):
        h = jnp.tanh(x + h @ p["recurrent"])
        return h, h

    def lstm(p, state, x):
        h, c = state
        i, f, g, o = jnp.split(x + h @ p["recurrent"], 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    def stack_rnn(p, state, x):
        h, stack = state
        h = jnp.tanh(x + stack[:, 0] @ p["read"] + h @ p["recurrent"])
        push, pop, noop = jnp.split(jax.nn.softmax(h @ p["action"] + p["action_bias"])[:, :, None], 3, 1)
        value = (h @ p["push"] + p["push_bias"])[:, None]
        empty = jnp.zeros_like(value)
        stack = (
            push * jnp.concatenate([value, stack[:, :-1]], 1)
            + pop * jnp.concatenate([stack[:, 1:], empty], 1)
            + noop * stack
        )
        return (h, stack), h

    def logits_of(p, inputs):
        steps, rows = inputs.shape
        zero = jnp.zeros((rows, hidden))
        cell, state = {
            "elman": (elman, zero),
            "lstm": (lstm, (zero, zero)),
            "stack": (stack_rnn, (zero, jnp.zeros((rows, steps + 1, CELL_SIZE)))),
        }[spec["network"]]
        seen = p["input"][inputs] + p["bias"]
        outputs = jax.lax.scan(lambda s, x: cell(p, s, x), state, seen)[1]
        return outputs @ p["weight"] + p["answer"]

    def loss_of(p, inputs, targets, scored):
        chosen = jnp.take_along_axis(jax.nn.log_softmax(logits_of(p, inputs)), targets[..., None], -1)[..., 0]
        return -(chosen.mean(1) * scored).sum() / scored.sum()

    def update(state, inputs, targets, scored, step, rate):
        p, first, second = state
        loss, gradient = jax.value_and_grad(loss_of)(p, inputs, targets, scored)
        norm = jnp.sqrt(sum(jnp.sum(g * g) for g in jax.tree.leaves(gradient)))
        gradient = jax.tree.map(lambda g: g * jnp.minimum(1.0, CLIP / (norm + 1e-6)), gradient)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
        corrected = lambda m, v: rate * (m / (1 - 0.9**step)) / (jnp.sqrt(v / (1 - 0.999**step)) + 1e-8)
        return (jax.tree.map(lambda w, m, v: w - corrected(m, v), p, first, second), first, second), loss

    compiled_update = jax.jit(update, donate_argnums=0)
    compiled_logits = jax.jit(logits_of)

    def train(rng):
        p = jax.tree.map(jnp.asarray, initial_parameters(options.task, options.seed))
        state = (p, jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p))
        longest = length_of(options.task, TRAIN_SIZE)
        for step, size in enumerate(sizes_of(rng, options.steps)):
            inputs, targets, scored = strings(options.task, rng, int(size), BATCH)
            if options.padded:
                behind = (0, longest - len(inputs))
                inputs, targets = (np.pad(array, (behind, (0, 0))) for array in (inputs, targets))
                scored = np.pad(scored, behind)
            rate = np.float32(rate_of(step, options.steps))
            state, loss = compiled_update(
                state, inputs.astype(np.int32), targets.astype(np.int32), scored, np.float32(step + 1), rate
            )
        loss.block_until_ready()
        return state[0]

    def right(p, inputs, targets, scored):
        answers = np.asarray(compiled_logits(p, inputs.astype(np.int32))).argmax(-1)
        return ((answers == targets) * scored[:, None]).sum(0)

    serve(options, train, right)


if __name__ == "__main__":
    main()
