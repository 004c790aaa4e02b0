#!/usr/bin/env python3
"""PyTorch's training step of an LSTM word language model on the CPU (see README.md for the protocol).

  torch_lm.py --data DIR --config medium --threads 2 --steps 30 [--bf16] [--fused]

Forward through nn.LSTM, full-softmax cross-entropy, backward, clipping by global norm, SGD; state carried from batch
to batch without gradient. Layers of equal width are one stacked nn.LSTM, the usual way to write it.
"""
import os

from step_protocol import CONFIGS, Batches, arguments, corpus, dump_initial, initial_parameters, run


def main():
    options = arguments(
        __doc__.splitlines()[0], lambda p: p.add_argument("--fused", action="store_true", help="SGD(fused=True)")
    )
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(options.threads)
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(options.threads)
    config = CONFIGS[options.config]
    ids, vocabulary = corpus(options.data)
    initial = initial_parameters(config, vocabulary, options.seed, options.two_biases)
    model = language_model(torch, config, vocabulary)
    load(torch, model, initial)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(options.two_biases or "bias_hh" not in name)
    trained = [p for p in model.parameters() if p.requires_grad]
    if options.dump:
        dump_initial(options.dump, initial, ids, [n for n in initial if options.two_biases or "bias_hh" not in n])

    optimizer = torch.optim.SGD(trained, lr=config["rate"], fused=options.fused or None)
    batches = Batches(ids, config["batch"], config["bptt"])
    states = None

    def forward(x, y):
        nonlocal states
        h, carried = model["embedding"](x), []
        for i, rnn in enumerate(model["rnns"]):
            h, state = rnn(h, states[i] if states else None)
            carried.append(tuple(v.detach() for v in state))
        states = carried
        logits = model["decoder"](h.reshape(-1, h.shape[-1]))
        return F.cross_entropy(logits, y.reshape(-1))

    def step():
        nonlocal states
        x, y, fresh = batches.next()
        if fresh:
            states = None
        x, y = torch.from_numpy(x).long(), torch.from_numpy(y).long()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            loss = forward(x, y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, config["clip"])
        optimizer.step()
        return loss.item()

    def product(m, k, n):
        kind = torch.bfloat16 if options.bf16 else torch.float32
        x, w, out = (torch.rand(s).to(kind) for s in ((m, k), (n, k), (m, n)))
        return lambda: torch.mm(x, w.t(), out=out)

    facts = {"fusedSgd": options.fused, "mklFastPath": "mkl_fast_path" in os.environ.get("LD_PRELOAD", "")}
    count = sum(p.numel() for p in trained)
    run(options, "torch", torch.__version__, vocabulary, step, product, count, facts)


def language_model(torch, config, vocabulary):
    widths = [config["embedding"], *config["hidden"]]
    if len(set(widths)) == 1:
        rnns = [torch.nn.LSTM(widths[0], widths[0], len(config["hidden"]))]
    else:
        rnns = [torch.nn.LSTM(a, b) for a, b in zip(widths, widths[1:])]
    model = torch.nn.ModuleDict(
        {
            "embedding": torch.nn.Embedding(vocabulary, widths[0]),
            "rnns": torch.nn.ModuleList(rnns),
            "decoder": torch.nn.Linear(widths[-1], vocabulary),
        }
    )
    if config["tied"]:
        model["decoder"].weight = model["embedding"].weight
    return model


def load(torch, model, initial):
    """Layer i is rnns.i.*_l0 in the files and, in a stacked module, rnns.0.*_li."""
    stacked = model["rnns"][0].num_layers > 1
    theirs = dict(model.named_parameters())
    for name, value in initial.items():
        if stacked and name.startswith("rnns."):
            _, layer, weight = name.split(".")
            name = f"rnns.0.{weight.replace('_l0', f'_l{layer}')}"
        theirs.pop(name).data.copy_(torch.from_numpy(value))
    assert not theirs, f"not initialised: {list(theirs)}"


if __name__ == "__main__":
    main()
