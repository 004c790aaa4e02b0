"""Output layers of language models, for packages/pretrain: adaptive softmax by PyTorch's module; mixture of softmaxes,
sampled softmax and the augmented loss written out from the papers' formulas."""
import math

import torch
import torch.nn.functional as F

from golden_file import Source, tensor, tensors, write

VOCABULARY, HIDDEN, TIME, BATCH = 13, 8, 3, 2
ROWS = TIME * BATCH


def finish(name, kind, options, place, leaves, features, targets, source, losses, log_probabilities=None, extra=None):
    """Gradients of a weighted sum of the losses with respect to every leaf and the features."""
    coefficients = source.uniform(ROWS)
    wanted = {**leaves, "features": features}
    gradients = torch.autograd.grad((losses * coefficients).sum(), list(wanted.values()), allow_unused=True)
    result = {
        "name": name, "kind": kind, "options": options, "place": place,
        "parameters": tensors(leaves), "features": tensor(features.reshape(TIME, BATCH, -1)),
        "targets": targets.tolist(), "coefficients": coefficients.tolist(), "losses": tensor(losses),
        "gradients": {n: tensor(g if g is not None else torch.zeros_like(wanted[n])) for n, g in zip(wanted, gradients)},
        **(extra or {}),
    }
    result["gradients"]["features"]["shape"] = [TIME, BATCH, features.shape[-1]]
    if log_probabilities is not None:
        result["logProbabilities"] = tensor(log_probabilities)
    return result


def leaf(value):
    return value.clone().requires_grad_(True)


def adaptive(seed, head_bias):
    source = Source(seed)
    cutoffs, divisor = [4, 9], 2.0
    module = torch.nn.AdaptiveLogSoftmaxWithLoss(HIDDEN, VOCABULARY, cutoffs, div_value=divisor, head_bias=head_bias)
    for parameter in module.parameters():
        parameter.data = source.uniform(*parameter.shape)
    features = leaf(source.normal(ROWS, HIDDEN))
    targets = torch.tensor([0, 3, 4, 8, 9, 12])
    output, loss = module(features, targets)
    assert torch.allclose(-output.mean(), loss)
    leaves = {"softmax.head": module.head.weight}
    if head_bias:
        leaves["softmax.headBias"] = module.head.bias
    for i, (projection, weight) in enumerate(module.tail):
        leaves[f"softmax.tail.{i}.projection"] = projection.weight
        leaves[f"softmax.tail.{i}.weight"] = weight.weight
    place = {"vocabularySize": VOCABULARY, "hidden": HIDDEN, "embedding": 5, "tied": False}
    options = {"cutoffs": cutoffs, "divisor": divisor, "headBias": head_bias}
    result = finish(
        f"adaptive softmax, {'with' if head_bias else 'without'} head bias", "adaptive", options, place, leaves, features, targets,
        source, -output, module.log_prob(features),
    )
    for part in (result["parameters"], result["gradients"]):  # PyTorch keeps weights as (out, in)
        for name, value in part.items():
            if name.startswith("softmax.") and len(value["shape"]) == 2:
                part[name] = tensor(torch.tensor(value["data"]).reshape(value["shape"]).t())
    return result


def mixture(seed, tied):
    """As the authors' model.py: latent = tanh(W_k h + b_k), prior without bias, one decoder for all; without its 1e-8."""
    source = Source(seed)
    experts, size = 3, 5
    leaves = {
        "softmax.latent.weight": source.uniform(HIDDEN, experts * size),
        "softmax.latent.bias": source.uniform(experts * size),
        "softmax.prior": source.uniform(HIDDEN, experts),
        **({"embedding": source.uniform(VOCABULARY, size)} if tied else {"softmax.weight": source.uniform(size, VOCABULARY)}),
        "softmax.bias": source.uniform(VOCABULARY),
    }
    leaves = {name: leaf(value) for name, value in leaves.items()}
    features = leaf(source.normal(ROWS, HIDDEN))
    targets = source.integers(VOCABULARY, ROWS)
    latent = torch.tanh(features @ leaves["softmax.latent.weight"] + leaves["softmax.latent.bias"])
    weight = leaves["embedding"].t() if tied else leaves["softmax.weight"]
    logits = latent.view(-1, size) @ weight + leaves["softmax.bias"]
    prior = F.softmax(features @ leaves["softmax.prior"], -1)
    prob = (F.softmax(logits, -1).view(-1, experts, VOCABULARY) * prior.unsqueeze(2)).sum(1)
    place = {"vocabularySize": VOCABULARY, "hidden": HIDDEN, "embedding": size, "tied": tied}
    options = {"experts": experts, "latentDropout": 0}
    losses = F.nll_loss(prob.log(), targets, reduction="none")
    name = f"mixture of softmaxes, {'tied' if tied else 'untied'}"
    return finish(name, "mixture", options, place, leaves, features, targets, source, losses, prob.log())


def sampled(seed):
    """Row by row: the target against the distinct words drawn, less the target; each logit less ln of the expected count."""
    source = Source(seed)
    leaves = {name: leaf(v) for name, v in {"softmax.weight": source.uniform(VOCABULARY, HIDDEN), "softmax.bias": source.uniform(VOCABULARY)}.items()}
    features = leaf(source.normal(ROWS, HIDDEN))
    targets = torch.tensor([0, 2, 5, 12, 1, 7])
    drawn = [1, 0, 5, 1, 9, 0, 3]  # two words twice; the targets of three rows
    p = lambda w: math.log((w + 2) / (w + 1)) / math.log(VOCABULARY + 1)
    expected = lambda w: 1 - (1 - p(w)) ** len(drawn)
    logits = features @ leaves["softmax.weight"].t() + leaves["softmax.bias"]
    losses = []
    for row, target in enumerate(targets.tolist()):
        words = [target, *sorted(set(drawn) - {target})]
        corrected = torch.stack([logits[row, w] - math.log(expected(w)) for w in words])
        losses.append(-F.log_softmax(corrected, -1)[0])
    place = {"vocabularySize": VOCABULARY, "hidden": HIDDEN, "embedding": 5, "tied": False}
    extra = {"sampled": drawn, "expectedCounts": [expected(w) for w in range(VOCABULARY)]}
    options = {"samples": len(drawn)}
    return finish("sampled softmax", "sampled", options, place, leaves, features, targets, source, torch.stack(losses), F.log_softmax(logits, -1), extra)


def augmented(seed, tied):
    """J + alpha KL(softmax(L u / tau) || softmax(logits / tau)), L the word vectors and u that of the target."""
    source = Source(seed)
    size = HIDDEN if tied else 5
    leaves = {
        "embedding": source.uniform(VOCABULARY, size),
        **({} if tied else {"softmax.weight": source.uniform(HIDDEN, VOCABULARY)}),
        "softmax.bias": source.uniform(VOCABULARY),
    }
    leaves = {name: leaf(value) for name, value in leaves.items()}
    features = leaf(source.normal(ROWS, HIDDEN))
    targets = source.integers(VOCABULARY, ROWS)
    alpha, tau = 0.7, 2.5
    table = leaves["embedding"]
    logits = features @ (table.t() if tied else leaves["softmax.weight"]) + leaves["softmax.bias"]
    wanted = F.softmax(table[targets] @ table.t() / tau, -1)
    divergence = F.kl_div(F.log_softmax(logits / tau, -1), wanted, reduction="none").sum(-1)
    losses = F.cross_entropy(logits, targets, reduction="none") + alpha * divergence
    place = {"vocabularySize": VOCABULARY, "hidden": HIDDEN, "embedding": size, "tied": tied}
    options = {"weight": alpha, "temperature": tau}
    name = f"augmented loss, {'tied' if tied else 'untied'}"
    return finish(name, "augmented", options, place, leaves, features, targets, source, losses, F.log_softmax(logits, -1))


def main():
    matrix = Source(77).uniform(9, 4) @ Source(78).uniform(4, 14)  # rank 4
    write(
        "packages/pretrain/src/fixtures/softmax.json",
        {
            "layout": "features (time, batch, hidden), losses and log-probabilities (time * batch, ...), weights (in, out); embedding "
            "(vocabulary, size); gradients of sum(coefficients * losses)",
            "cases": [
                adaptive(71, False), adaptive(72, True), mixture(73, False), mixture(74, True), sampled(75), augmented(76, True),
                augmented(79, False),
            ],
            "singularValues": {"matrix": tensor(matrix), "values": torch.linalg.svdvals(matrix).tolist()},
        },
    )


main()
