"""A tiny bidirectional language model of ELMo with random weights, in the names and forms of bilm-tf's HDF5 files.

Written from Peters et al. 2018 and the description of bilm-tf's files, with PyTorch's conv1d and clamp; the LSTM steps
are spelled out in the file's gate order i, j, f, o with 1 added to f. Also scalar mixes as in AllenNLP.
"""
import torch
import torch.nn.functional as F

from golden_file import Source, tensor, tensors, write

CHARACTERS, LENGTH, TIME, BATCH, CLASSES = 261, 7, 4, 2, 6
BEGIN, END, PADDING, BEGIN_SENTENCE = 258, 259, 260, 256
TOKENS = ["a", "bcd", "éx", "abcdefgh", "<S>"]


def character_ids(token):
    content = [BEGIN_SENTENCE] if token == "<S>" else list(token.encode("utf-8"))[: LENGTH - 2]
    return ([BEGIN] + content + [END] + [PADDING] * LENGTH)[:LENGTH]


def weights(source, options):
    d, p, h = options["characterSize"], options["projection"], options["hidden"]
    n = sum(count for _, count in options["filters"])
    w = {"char_embed": source.uniform(CHARACTERS, d)}
    for k, (width, count) in enumerate(options["filters"]):
        w[f"CNN/W_cnn_{k}"] = source.uniform(1, width, d, count)
        w[f"CNN/b_cnn_{k}"] = source.uniform(count)
    for k in range(options["highwayLayers"]):
        for part in ("carry", "transform"):
            w[f"CNN_high_{k}/W_{part}"] = source.uniform(n, n)
            w[f"CNN_high_{k}/b_{part}"] = source.uniform(n)
    w["CNN_proj/W_proj"], w["CNN_proj/b_proj"] = source.uniform(n, p), source.uniform(p)
    for direction in (0, 1):
        for layer in range(options["layers"]):
            group = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"
            w[f"{group}/W_0"], w[f"{group}/B"] = source.uniform(2 * p, 4 * h), source.uniform(4 * h)
            w[f"{group}/W_P_0"] = source.uniform(h, p)
    return w


def token_layer(w, options, ids):
    x = w["char_embed"][ids].transpose(1, 2)  # (tokens, features, characters)
    found = []
    for k in range(len(options["filters"])):
        kernel = w[f"CNN/W_cnn_{k}"][0].permute(2, 1, 0)  # (filters, features, width)
        sums = F.conv1d(x, kernel, w[f"CNN/b_cnn_{k}"])
        found.append(sums.max(dim=2).values)
    x = torch.cat(found, dim=1)
    x = x.relu() if options["activation"] == "relu" else x.tanh()
    for k in range(options["highwayLayers"]):
        gate = torch.sigmoid(x @ w[f"CNN_high_{k}/W_carry"] + w[f"CNN_high_{k}/b_carry"])
        x = gate * (x @ w[f"CNN_high_{k}/W_transform"] + w[f"CNN_high_{k}/b_transform"]).relu() + (1 - gate) * x
    return x @ w["CNN_proj/W_proj"] + w["CNN_proj/b_proj"]


def stack(w, options, direction, xs, states, clipped):
    outputs, after = [], []
    for layer in range(options["layers"]):
        group = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"
        h, c = states[layer]
        steps = []
        for x in xs:
            i, j, f, o = (torch.cat([x, h], dim=1) @ w[f"{group}/W_0"] + w[f"{group}/B"]).chunk(4, dim=1)
            c = torch.sigmoid(f + 1) * c + torch.sigmoid(i) * torch.tanh(j)
            clipped.append((c.abs() > options["cellClip"]).sum().item())
            c = c.clamp(-options["cellClip"], options["cellClip"])
            h = (torch.sigmoid(o) * torch.tanh(c)) @ w[f"{group}/W_P_0"]
            clipped.append((h.abs() > options["projectionClip"]).sum().item())
            h = h.clamp(-options["projectionClip"], options["projectionClip"])
            steps.append(h)
        out = torch.stack(steps)
        xs = out + xs if layer > 0 and options["skipConnections"] else out
        outputs.append(xs)
        after.append((h, c))
    return outputs, after


def case(seed, name, **changes):
    options = {
        "characterSize": 3, "filters": [[1, 3], [2, 2], [3, 2]], "highwayLayers": 2, "activation": "relu", "maxCharacters": LENGTH,
        "layers": 2, "hidden": 5, "projection": 4, "cellClip": 0.9, "projectionClip": 0.8, "skipConnections": True, **changes,
    }
    source = Source(seed)
    w = weights(source, options)
    softmax = {"weight": source.uniform(options["projection"], CLASSES), "bias": source.uniform(CLASSES)}
    leaves = {**w, **softmax}
    for leaf in leaves.values():
        leaf.requires_grad_(True)
    used = torch.tensor([character_ids(token) for token in TOKENS])
    tokens = token_layer(w, options, used)
    windows = [source.integers(len(TOKENS), TIME, BATCH) for _ in (0, 1)]
    targets = [source.integers(CLASSES, TIME, BATCH) for _ in (0, 1)]
    zero = lambda size: torch.zeros(BATCH, size)
    clipped, losses, layers, states = [], [], [], []
    for direction in (0, 1):
        start = [(zero(options["projection"]), zero(options["hidden"])) for _ in range(options["layers"])]
        outputs, after = stack(w, options, direction, tokens[windows[direction]], start, clipped)
        logits = outputs[-1].reshape(-1, options["projection"]) @ softmax["weight"] + softmax["bias"]
        losses.append(F.cross_entropy(logits, targets[direction].reshape(-1)))
        layers.append([tensor(out) for out in outputs])
        states.append([{"h": tensor(h), "c": tensor(c)} for h, c in after])
    assert sum(clipped) > 0, "the clips must act"
    loss = (losses[0] + losses[1]) / 2
    loss.backward()
    gradients = {key: leaf.grad for key, leaf in leaves.items()}
    rows = sorted(set(used.flatten().tolist()))  # the others have no gradient, and are left out with their weights
    for named in (w, gradients):
        named["char_embed"] = named["char_embed"][rows]
    return {
        "name": name,
        "options": options,
        "usedCharacters": rows,
        "tokens": TOKENS,
        "characters": used.tolist(),
        "windows": [window.tolist() for window in windows],
        "targets": [target.tolist() for target in targets],
        "weights": tensors(w),
        "softmax": tensors(softmax),
        "tokenVectors": tensor(tokens),
        "layers": layers,
        "states": states,
        "losses": [value.item() for value in losses],
        "loss": loss.item(),
        "gradients": tensors(gradients),
    }


def mix(seed, name, layer_norm, masked):
    """AllenNLP's ScalarMix: layer norm by one mean and one variance over all unmasked positions and features."""
    source = Source(seed)
    layers = [source.normal(2, 3, 4, scale=2.0) for _ in range(3)]
    mask = torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]) if masked else torch.ones(2, 3)
    gamma, scores = source.uniform(1)[0].clone().requires_grad_(True), source.uniform(3).requires_grad_(True)

    def normal(layer):
        wide = mask.unsqueeze(-1)
        count = mask.sum() * layer.shape[-1]
        mean = (layer * wide).sum() / count
        variance = (((layer * wide - mean) * wide) ** 2).sum() / count
        return (layer - mean) / torch.sqrt(variance + 1e-13)

    shares = torch.softmax(scores, dim=0)
    result = gamma * sum(share * (normal(layer) if layer_norm else layer) for share, layer in zip(shares, layers))
    seeds = source.uniform(2, 3, 4)
    (result * seeds).sum().backward()
    return {
        "name": name, "layerNorm": layer_norm, "mask": mask.tolist() if masked else None,
        "layers": [tensor(layer) for layer in layers], "gamma": gamma.item(), "weights": scores.tolist(), "seeds": tensor(seeds),
        "result": tensor(result), "gammaGradient": gamma.grad.item(), "weightGradient": scores.grad.tolist(),
    }


def main():
    write(
        "packages/pretrain/src/elmo/fixtures/elmo-golden.json",
        {
            "layout": "windows and targets (time, batch), forward then backward; both directions read from left to right, the backward "
            "one is given reversed sentences; layers (time, batch, projection); weights by the names of bilm-tf's files, char_embed only "
            "its used rows; loss is the mean of the two directions' mean cross-entropies",
            "cases": [
                case(51, "relu, highway and skip connections"),
                case(52, "tanh, one layer, no highway", activation="tanh", layers=1, highwayLayers=0),
                case(53, "no skip connections, as many outputs as cells", skipConnections=False, hidden=4),
            ],
            "mixes": [
                mix(61, "plain", False, False),
                mix(62, "layer norm", True, False),
                mix(63, "layer norm over a mask", True, True),
            ],
        },
    )


main()
