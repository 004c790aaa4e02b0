#!/usr/bin/env python3
"""JAX's training step of an LSTM word language model on the CPU (see README.md for the protocol).

  jax_lm.py --data DIR --config medium --threads 2 --steps 30 [--bf16] [--unroll N]

One jit-compiled step with donated buffers: one input product over all time steps, lax.scan over time, full-softmax
cross-entropy, clipping by global norm, SGD. XLA's CPU client takes its thread count from the affinity mask, so
--threads narrows that mask before jax is imported (on Linux; elsewhere the count is not controlled).
"""
import os

from step_protocol import CONFIGS, Batches, arguments, corpus, dump_initial, initial_parameters, run


def main():
    options = arguments(
        __doc__.splitlines()[0], lambda p: p.add_argument("--unroll", type=int, default=1, help="of lax.scan")
    )
    controlled = hasattr(os, "sched_setaffinity")
    if controlled:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    import jax.numpy as jnp
    import numpy as np

    config = CONFIGS[options.config]
    ids, vocabulary = corpus(options.data)
    initial = initial_parameters(config, vocabulary, options.seed, options.two_biases)
    is_trained = lambda name: options.two_biases or "bias_hh" not in name
    if options.dump:
        dump_initial(options.dump, initial, ids, [n for n in initial if is_trained(n)])

    def matmul(a, b):
        if options.bf16:
            return jnp.matmul(a.astype(jnp.bfloat16), b.astype(jnp.bfloat16), preferred_element_type=jnp.float32)
        return a @ b

    def layer(p, i, state, x):
        bias = p[f"rnns.{i}.bias_ih_l0"]
        if options.two_biases:
            bias = bias + p[f"rnns.{i}.bias_hh_l0"]
        inputs = matmul(x, p[f"rnns.{i}.weight_ih_l0"].T) + bias
        recurrent = p[f"rnns.{i}.weight_hh_l0"].T

        def cell(state, xt):
            h, c = state
            i, f, g, o = jnp.split(xt + matmul(h, recurrent), 4, axis=-1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        return jax.lax.scan(cell, state, inputs, unroll=options.unroll)

    def loss_of(p, states, x, y):
        h, carried = p["embedding.weight"][x], []
        for i, state in enumerate(states):
            state, h = layer(p, i, state, h)
            carried.append(state)
        decoder = p["embedding.weight" if config["tied"] else "decoder.weight"]
        logits = matmul(h.reshape(-1, h.shape[-1]), decoder.T) + p["decoder.bias"]
        chosen = jnp.take_along_axis(logits, y.reshape(-1, 1), axis=-1)[:, 0]
        return (jax.nn.logsumexp(logits, axis=-1) - chosen).mean(), carried

    def update(p, states, x, y):
        (loss, carried), gradients = jax.value_and_grad(loss_of, has_aux=True)(p, states, x, y)
        norm = jnp.sqrt(sum(jnp.vdot(g, g) for g in jax.tree_util.tree_leaves(gradients)))
        rate = config["rate"] * jnp.minimum(1.0, config["clip"] / (norm + 1e-6))
        return jax.tree_util.tree_map(lambda w, g: w - rate * g, p, gradients), carried, loss

    compiled = jax.jit(update, donate_argnums=(0, 1))
    parameters = jax.device_put({n: v for n, v in initial.items() if is_trained(n)})
    zero = lambda: jax.device_put([(np.zeros((config["batch"], w), np.float32),) * 2 for w in config["hidden"]])
    batches = Batches(ids, config["batch"], config["bptt"])
    states = None

    def step():
        nonlocal parameters, states
        x, y, fresh = batches.next()
        if fresh:
            states = zero()
        parameters, states, loss = compiled(parameters, states, x, y)
        jax.block_until_ready((parameters, states))
        return float(loss)

    def product(m, k, n):
        kind = jnp.bfloat16 if options.bf16 else jnp.float32
        x, w = (jax.random.uniform(jax.random.key(0), s).astype(kind) for s in ((m, k), (n, k)))
        f = jax.jit(lambda a, b: jnp.matmul(a, b.T, preferred_element_type=kind))
        return lambda: f(x, w).block_until_ready()

    facts = {"unroll": options.unroll, "threadsControlled": controlled}
    count = sum(int(np.prod(v.shape)) for v in parameters.values())
    run(options, "jax", jax.__version__, vocabulary, step, product, count, facts)


if __name__ == "__main__":
    main()
