"""Goldens of torch.optim, its learning-rate schedules and gradient clipping, for packages/core.

The function is smooth and not convex: loss(w) = sum(sin(A w)^2) + 0.05 sum(w^4), w of 6. The gradient of every
step is stored too, so that a test of the update rules needs no differentiation.
"""
import math

import torch

from golden_file import Source, tensor, write

STEPS = 50
KEPT = [1, 2, 5, 10, 25, 50]

OPTIMIZERS = {
    "sgd": (torch.optim.SGD, dict(lr=0.02)),
    "sgd-weight-decay": (torch.optim.SGD, dict(lr=0.02, weight_decay=0.1)),
    "momentum": (torch.optim.SGD, dict(lr=0.01, momentum=0.9)),
    "momentum-dampening": (torch.optim.SGD, dict(lr=0.02, momentum=0.9, dampening=0.5)),
    "momentum-weight-decay": (torch.optim.SGD, dict(lr=0.01, momentum=0.9, weight_decay=0.1)),
    "nesterov": (torch.optim.SGD, dict(lr=0.01, momentum=0.9, nesterov=True)),
    "rmsprop": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=1e-8)),
    "rmsprop-centered": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=1e-8, centered=True)),
    "rmsprop-momentum": (torch.optim.RMSprop, dict(lr=0.005, alpha=0.9, eps=1e-8, momentum=0.8)),
    "rmsprop-weight-decay": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=1e-8, weight_decay=0.1)),
    "adagrad": (torch.optim.Adagrad, dict(lr=0.1, eps=1e-10)),
    "adagrad-decay": (
        torch.optim.Adagrad,
        dict(lr=0.1, lr_decay=0.02, weight_decay=0.1, initial_accumulator_value=0.1, eps=1e-10),
    ),
    "adam": (torch.optim.Adam, dict(lr=0.02, betas=(0.9, 0.999), eps=1e-8)),
    "adam-weight-decay": (torch.optim.Adam, dict(lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
    "adam-amsgrad": (torch.optim.Adam, dict(lr=0.02, betas=(0.9, 0.9), eps=1e-8, amsgrad=True)),
    "adamw": (torch.optim.AdamW, dict(lr=0.02, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)),
    "asgd": (torch.optim.ASGD, dict(lr=0.02, lambd=1e-2, alpha=0.75, t0=10)),
    "asgd-weight-decay": (torch.optim.ASGD, dict(lr=0.02, lambd=1e-4, alpha=0.75, t0=0, weight_decay=0.1)),
}


def optimizer_case(name, start, loss_of):
    create, options = OPTIMIZERS[name]
    w = start.clone().requires_grad_(True)
    optimizer = create([w], **options)
    losses, gradients, kept, averages = [], [], {}, {}
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        loss = loss_of(w)
        loss.backward()
        losses.append(loss.item())
        gradients.append(w.grad.tolist())
        optimizer.step()
        if step in KEPT:
            kept[str(step)] = w.tolist()
            if create is torch.optim.ASGD:
                averages[str(step)] = optimizer.state[w]["ax"].tolist()
    shown = {**optimizer.defaults, **options}
    shown = {k: v for k, v in shown.items() if k not in ("foreach", "maximize", "differentiable", "fused", "capturable")}
    case = {"name": name, "class": create.__name__, "options": {k: list(v) if isinstance(v, tuple) else v for k, v in shown.items()}}
    case |= {"losses": losses, "gradients": gradients, "parameters": kept}
    return {**case, "averages": averages} if averages else case


def rates(create, count, lr=0.5, metrics=None):
    """The rate in force at steps 0..count-1; a plateau schedule sees metrics[k] after step k."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler = create(optimizer)
    out = []
    for k in range(count):
        out.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(*([metrics[k]] if metrics else []))
    return out


def slanted_triangular(peak, steps, cut_fraction=0.1, ratio=32):
    """Howard & Ruder 2018, equation 3, transcribed; torch has no such schedule."""
    cut = math.floor(steps * cut_fraction)
    out = []
    for t in range(steps):
        p = t / cut if t < cut else 1 - (t - cut) / (cut * (1 / cut_fraction - 1))
        out.append(peak * (1 + p * (ratio - 1)) / ratio)
    return out


def schedule_cases():
    S = torch.optim.lr_scheduler
    warm_up = lambda k: min(1.0, (k + 1) / 10)
    plateau_losses = [5, 4, 3.5, 3.5, 3.6, 3.5, 3.4, 3.39999, 3.41, 3.42, 3.4, 3.0, 3.1, 3.2, 3.3, 3.4, 3.5, 3.6, 3.7, 3.8, 2.0, 2.1, 2.2, 2.3, 2.4]
    plateau = dict(factor=0.5, patience=2, threshold=1e-3, threshold_mode="rel", cooldown=1, min_lr=0.02)
    one_cycle = dict(max_lr=2.0, total_steps=50, pct_start=0.3, anneal_strategy="cos", div_factor=25.0, final_div_factor=1e4)
    case = lambda name, options, values: {"name": name, "options": options, "rates": values}
    return [
        case("step", dict(lr=0.5, step_size=7, gamma=0.3), rates(lambda o: S.StepLR(o, 7, 0.3), 30)),
        case("multi-step", dict(lr=0.5, milestones=[4, 9, 20], gamma=0.5), rates(lambda o: S.MultiStepLR(o, [4, 9, 20], 0.5), 30)),
        case("exponential", dict(lr=0.5, gamma=0.9), rates(lambda o: S.ExponentialLR(o, 0.9), 30)),
        case("cosine", dict(lr=0.5, T_max=40, eta_min=0.01), rates(lambda o: S.CosineAnnealingLR(o, 40, 0.01), 41)),
        case("one-cycle", one_cycle, rates(lambda o: S.OneCycleLR(o, cycle_momentum=False, **one_cycle), 50)),
        case("warm-up", dict(lr=0.5, rate="lr * min(1, (step + 1) / 10)"), rates(lambda o: S.LambdaLR(o, warm_up), 20)),
        case(
            "plateau",
            dict(lr=0.5, mode="min", **plateau, losses=plateau_losses),
            rates(lambda o: S.ReduceLROnPlateau(o, **plateau), len(plateau_losses), metrics=plateau_losses),
        ),
        case("slanted-triangular", dict(lr=0.5, steps=40, cut_fraction=0.1, ratio=32), slanted_triangular(0.5, 40)),
    ]


def clipping_cases(source):
    gradients = {"a": source.normal(3, 2), "b": source.normal(4)}
    out = []
    for kind, limit in [("norm", 1.5), ("norm", 100.0), ("value", 0.5)]:
        parameters = {n: torch.zeros_like(g, requires_grad=True) for n, g in gradients.items()}
        for name, p in parameters.items():
            p.grad = gradients[name].clone()
        case = {"name": f"{kind} {limit}", "kind": kind, "limit": limit, "gradients": {n: tensor(g) for n, g in gradients.items()}}
        if kind == "norm":
            case["totalNorm"] = torch.nn.utils.clip_grad_norm_(list(parameters.values()), limit).item()
        else:
            torch.nn.utils.clip_grad_value_(list(parameters.values()), limit)
        case["clipped"] = {n: tensor(p.grad) for n, p in parameters.items()}
        out.append(case)
    return out


def main():
    source = Source(11)
    matrix, start = source.normal(8, 6, scale=0.5), source.normal(6)
    loss_of = lambda w: (torch.sin(matrix @ w) ** 2).sum() + 0.05 * (w**4).sum()
    write(
        "packages/core/src/optim/fixtures/optimizers.json",
        {
            "function": {
                "loss": "sum(sin(A w)^2) + 0.05 sum(w^4)",
                "gradient": "A^T sin(2 A w) + 0.2 w^3",
                "A": tensor(matrix),
                "start": tensor(start),
            },
            "steps": STEPS,
            "reading": "gradients[k] and losses[k] are taken before update k + 1; parameters[n] after n updates; "
            "averages (ASGD's ax) likewise; the rate of a schedule at index k is the one update k + 1 uses",
            "optimizers": [optimizer_case(name, start, loss_of) for name in OPTIMIZERS],
            "schedules": schedule_cases(),
            "clipping": clipping_cases(source),
        },
    )


main()
