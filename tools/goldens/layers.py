"""Goldens of torch.nn.functional's layers and losses, for packages/core.

loss = sum(output * outputWeight), except where the case's own output is the loss; gradients are of that loss.
"""
import torch
import torch.nn.functional as F

from golden_file import Source, tensor, tensors, write


def case(source, name, run, inputs, options=None, **fixed):
    """`inputs` get gradients, `fixed` (indices, masks, statistics) do not; both are passed to `run` by name."""
    leaves = {n: v.clone().requires_grad_(True) for n, v in inputs.items()}
    output = run(**leaves, **{n: v.clone() for n, v in fixed.items()})
    weight = source.normal(*output.shape) if output.dim() else torch.tensor(1.0)
    loss = (output * weight).sum()
    gradients = torch.autograd.grad(loss, list(leaves.values()))
    return {
        "name": name,
        "options": options or {},
        "inputs": tensors({**inputs, **fixed}),
        "output": tensor(output),
        "outputWeight": tensor(weight),
        "gradients": tensors(dict(zip(leaves, gradients))),
    }


def linear_cases(s):
    x, weight, bias = s.normal(3, 2, 4), s.uniform(5, 4), s.uniform(5)
    yield case(s, "linear", lambda x, weight, bias: F.linear(x, weight, bias), dict(x=x, weight=weight, bias=bias))
    yield case(s, "linear without bias", lambda x, weight: F.linear(x, weight), dict(x=x, weight=weight))
    table, indices = s.normal(7, 3), torch.tensor([[1, 4, 1], [0, 6, 1]])
    yield case(s, "embedding", lambda table, indices: F.embedding(indices, table), dict(table=table), indices=indices)


def normalisation_cases(s):
    x, gain, bias = s.normal(3, 4, 5), s.uniform(5, low=0.5, high=1.5), s.uniform(5)
    norm = lambda x, gain, bias: F.layer_norm(x, (5,), gain, bias, 1e-5)
    yield case(s, "layer norm", norm, dict(x=x, gain=gain, bias=bias), dict(epsilon=1e-5))
    yield case(s, "layer norm without gain and bias", lambda x: F.layer_norm(x, (5,), eps=1e-5), dict(x=x), dict(epsilon=1e-5))
    yield case(s, "rms norm", lambda x, gain: F.rms_norm(x, (5,), gain, 1e-5), dict(x=x, gain=gain), dict(epsilon=1e-5))


def batch_norm_cases(s):
    """Two training batches one after the other, then one in evaluation with the statistics that they left."""
    gain, bias = s.uniform(4, low=0.5, high=1.5), s.uniform(4)
    mean, variance = torch.zeros(4), torch.ones(4)
    options = dict(epsilon=1e-5, momentum=0.1)
    for name, training in [("train, first batch", True), ("train, second batch", True), ("evaluate", False)]:
        x = s.normal(6, 4, scale=1.5)
        before = mean.clone(), variance.clone()
        run = lambda x, gain, bias, runningMean, runningVariance: F.batch_norm(
            x, runningMean, runningVariance, gain, bias, training, 0.1, 1e-5
        )
        found = case(
            s, f"batch norm, {name}", run, dict(x=x, gain=gain, bias=bias),
            {**options, "training": training}, runningMean=before[0], runningVariance=before[1],
        )
        F.batch_norm(x, mean, variance, gain, bias, training, 0.1, 1e-5)
        found["runningMean"], found["runningVariance"] = tensor(mean), tensor(variance)
        yield found


def loss_cases(s):
    logits = s.normal(5, 4, scale=2.0)
    targets = torch.tensor([3, 0, 1, 1, 2])
    mask = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0])
    per_row = lambda logits, targets: F.cross_entropy(logits, targets, reduction="none")
    yield case(s, "cross entropy, none", per_row, dict(logits=logits), targets=targets)
    yield case(s, "cross entropy, mean", lambda logits, targets: F.cross_entropy(logits, targets), dict(logits=logits), targets=targets)
    yield case(
        s, "cross entropy, sum", lambda logits, targets: F.cross_entropy(logits, targets, reduction="sum"),
        dict(logits=logits), targets=targets,
    )
    yield case(
        s, "cross entropy, mean over a mask", lambda logits, targets, mask: (per_row(logits, targets) * mask).sum() / mask.sum(),
        dict(logits=logits), targets=targets, mask=mask,
    )
    yield case(
        s, "cross entropy, label smoothing", lambda logits, targets: F.cross_entropy(logits, targets, label_smoothing=0.1),
        dict(logits=logits), dict(smoothing=0.1), targets=targets,
    )
    large = logits * 400
    yield case(s, "cross entropy, large logits", lambda logits, targets: F.cross_entropy(logits, targets), dict(logits=large), targets=targets)
    truth = torch.tensor([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    yield case(
        s, "binary cross entropy with logits", lambda logits, targets: F.binary_cross_entropy_with_logits(logits, targets),
        dict(logits=s.normal(2, 3, scale=3.0)), targets=truth,
    )
    yield case(s, "mean squared error", lambda x, targets: F.mse_loss(x, targets), dict(x=s.normal(2, 3)), targets=s.normal(2, 3))


def activation_cases(s):
    x = torch.cat([s.normal(3, 4, scale=1.5), torch.tensor([[-30.0, -8.0, 8.0, 30.0]])])
    for name, run in {
        "relu": F.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "softplus": F.softplus, "silu": F.silu,
        "elu": F.elu, "leaky relu": lambda x: F.leaky_relu(x, 0.01), "hard tanh": F.hardtanh, "log sigmoid": F.logsigmoid,
        "gelu": F.gelu, "gelu, tanh form": lambda x: F.gelu(x, approximate="tanh"),
        "softmax": lambda x: F.softmax(x, -1), "softmax over axis 0": lambda x: F.softmax(x, 0),
        "log softmax": lambda x: F.log_softmax(x, -1), "log sum exp": lambda x: torch.logsumexp(x, -1),
    }.items():
        options = {"leaky relu": dict(slope=0.01), "softplus": dict(linearAbove=20)}.get(name)
        yield case(s, name, lambda x: run(x), dict(x=x), options)
    pair = s.normal(3, 6)
    first, second = (lambda x: x[..., :3]), (lambda x: x[..., 3:])
    yield case(s, "glu", lambda x: first(x) * torch.sigmoid(second(x)), dict(x=pair), dict(form="a * sigmoid(b), x = [a, b]"))
    yield case(s, "swiglu", lambda x: F.silu(first(x)) * second(x), dict(x=pair), dict(form="silu(a) * b, x = [a, b]"))
    yield case(s, "geglu", lambda x: F.gelu(first(x)) * second(x), dict(x=pair), dict(form="gelu(a) * b, x = [a, b]"))


def main():
    source = Source(31)
    groups = [linear_cases, normalisation_cases, batch_norm_cases, loss_cases, activation_cases]
    write(
        "packages/core/src/nn/fixtures/layers.json",
        {
            "loss": "sum(output * outputWeight); a scalar output has outputWeight 1",
            "layout": "features last; weights (out, in): output = x @ weight^T + bias; running variance is unbiased",
            "cases": [c for group in groups for c in group(source)],
        },
    )


main()
