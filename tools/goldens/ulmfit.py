"""AWD-LSTM weights by the names of fastai, their logits, and training steps of a ULMFiT classifier, for packages/pretrain.

Documents are read one by one, without padding, in chunks counted from their end; states are detached between chunks and
only the last KEEP steps are pooled, in the graph only where they are. Pooled features are stacked for the batch norm.
"""
import collections
import pathlib
import pickle

import torch
import torch.nn.functional as F

from golden_file import ROOT, Source, tensor, tensors, write

FOLDER = ROOT / "packages/pretrain/src/ulmfit/fixtures"
VOCABULARY, EMBEDDING, HIDDEN, LAYERS, CLASSES, HEAD = 13, 4, 5, 3, 3, 6
BPTT, KEEP, DIVISOR, RATE, BETAS = 4, 6, 2.6, 0.05, (0.7, 0.99)
LENGTHS = [3, 11, 6, 4, 8, 1]
SIZES = [EMBEDDING] + [HIDDEN] * (LAYERS - 1) + [EMBEDDING]


class Encoder(torch.nn.Module):
    def __init__(self, source):
        super().__init__()
        self.embedding = torch.nn.Embedding(VOCABULARY, EMBEDDING)
        self.rnns = torch.nn.ModuleList(torch.nn.LSTM(a, b) for a, b in zip(SIZES, SIZES[1:]))
        for parameter in self.parameters():
            parameter.data = source.uniform(*parameter.shape, low=-0.8, high=0.8)

    def forward(self, ids, states):
        """ids (time, batch)."""
        x, after = self.embedding(ids), []
        for rnn, state in zip(self.rnns, states):
            x, state = rnn(x, state)
            after.append(state)
        return x, after


class Classifier(torch.nn.Module):
    def __init__(self, source):
        super().__init__()
        self.encoder = Encoder(source)
        widths = [3 * EMBEDDING, HEAD, CLASSES]
        self.norms = torch.nn.ModuleList(torch.nn.BatchNorm1d(w) for w in widths[:2])
        self.linears = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        for module in (*self.norms, *self.linears):
            for parameter in module.parameters():
                parameter.data = source.uniform(*parameter.shape, low=-0.8, high=0.8)

    def pooled(self, ids):
        """Features of one document."""
        time, states, kept = len(ids), [None] * LAYERS, []
        begin = -((-time) % BPTT) if time > BPTT else 0
        while begin < time:
            first, last = max(0, begin), min(time, begin + BPTT)
            learns = last > time - KEEP
            with torch.set_grad_enabled(learns):
                outputs, states = self.encoder(ids[first:last, None], states)
            states = [tuple(v.detach() for v in state) for state in states]
            if learns:
                kept.append(outputs[max(0, time - KEEP - first) :, 0])
            begin += BPTT
        h = torch.cat(kept)
        return torch.cat([h[-1], h.max(0).values, h.mean(0)])

    def forward(self, documents):
        x = torch.stack([self.pooled(ids) for ids in documents])
        for number, (norm, linear) in enumerate(zip(self.norms, self.linears)):
            x = linear(norm(x))
            x = F.relu(x) if number == 0 else x
        return x


def state_dict(encoder, style, decoder_bias):
    """Under the names of the tools; plain recurrent weights beside raw ones are damaged on purpose, as dropout leaves them."""
    weight = encoder.embedding.weight.detach().float()
    old = style == "fastai-0.7"
    state = collections.OrderedDict({"0.encoder.weight": weight})
    state["0.encoder_with_dropout.embed.weight" if old else "0.encoder_dp.emb.weight"] = weight
    for number, rnn in enumerate(encoder.rnns):
        name = f"0.rnns.{number}"
        raw = rnn.weight_hh_l0.detach().float()
        state[f"{name}.module.weight_hh_l0_raw" if old else f"{name}.weight_hh_l0_raw"] = raw
        state[f"{name}.module.weight_ih_l0"] = rnn.weight_ih_l0.detach().float()
        if not old:
            state[f"{name}.module.weight_hh_l0"] = raw * (torch.arange(raw.numel()).reshape(raw.shape) % 2)
        state[f"{name}.module.bias_ih_l0"] = rnn.bias_ih_l0.detach().float()
        state[f"{name}.module.bias_hh_l0"] = rnn.bias_hh_l0.detach().float()
    state["1.decoder.weight"] = weight
    if decoder_bias is not None:
        state["1.decoder.bias"] = decoder_bias.float()
    return state


def language_model(source):
    encoder, bias = Encoder(source), source.uniform(VOCABULARY)
    FOLDER.mkdir(parents=True, exist_ok=True)
    old = state_dict(encoder, "fastai-0.7", None)
    torch.save(old, FOLDER / "fwd_wt103.h5", _use_new_zipfile_serialization=False)
    torch.save(state_dict(encoder, "fastai-v1", bias), FOLDER / "lstm_wt103.pth", _use_new_zipfile_serialization=False)
    wrapped = {"model": state_dict(encoder, "fastai-v1", bias), "opt": {"hypers": [{"lr": 0.01}]}}
    torch.save(wrapped, FOLDER / "wt103-fwd.pth")
    encoder_only = {k[2:]: v for k, v in old.items() if k.startswith("0.")}
    torch.save(collections.OrderedDict(encoder_only), FOLDER / "fwd_wt103_enc.h5", _use_new_zipfile_serialization=False)
    words = ["xxunk", "xxpad", "xxbos", *(f"w{i}" for i in range(3, VOCABULARY))]
    (FOLDER / "itos_wt103.pkl").write_bytes(pickle.dumps(words))
    ids = source.integers(VOCABULARY, 9, 2)
    with torch.no_grad():
        hidden, _ = encoder(ids, [None] * LAYERS)
        logits = (hidden @ encoder.embedding.weight.T).reshape(-1, VOCABULARY)
    return {"ids": ids.tolist(), "logits": tensor(logits), "logitsWithBias": tensor(logits + bias), "words": words}


def classifier(source):
    model = Classifier(source)
    documents = [source.integers(VOCABULARY, length) for length in LENGTHS]
    labels = source.integers(CLASSES, len(LENGTHS))
    initial = tensors(model.state_dict())
    groups = [[model.encoder.embedding], *([rnn] for rnn in model.encoder.rnns), [*model.norms, *model.linears]]
    steps = []
    for unfrozen in (1, 2, 5):
        for number, modules in enumerate(groups):
            for module in modules:
                module.requires_grad_(number >= len(groups) - unfrozen)
        learning = [
            {"params": [p for m in modules for p in m.parameters()], "lr": RATE * DIVISOR ** -(len(groups) - 1 - number)}
            for number, modules in enumerate(groups)
            if number >= len(groups) - unfrozen
        ]
        optimizer = torch.optim.Adam(learning, betas=BETAS)
        for _ in range(2):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(documents), labels)
            loss.backward()
            everything = [p for group in learning for p in group["params"]]
            norm = torch.cat([p.grad.flatten() for p in everything]).norm()
            optimizer.step()
            steps.append({"unfrozen": unfrozen, "loss": loss.item(), "gradientNorm": norm.item()})
    model.eval()
    with torch.no_grad():
        probabilities = F.softmax(model(documents), -1)
    return {
        "options": {
            "vocabulary": VOCABULARY, "embedding": EMBEDDING, "hidden": HIDDEN, "layers": LAYERS, "classes": CLASSES,
            "head": HEAD, "bptt": BPTT, "keep": KEEP, "divisor": DIVISOR, "rate": RATE, "betas": list(BETAS),
        },
        "documents": [ids.tolist() for ids in documents],
        "labels": labels.tolist(),
        "initialParameters": initial,
        "steps": steps,
        "finalParameters": tensors({k: v.double() for k, v in model.state_dict().items()}),
        "probabilities": tensor(probabilities),
    }


def main():
    lm = language_model(Source(93))
    write(
        "packages/pretrain/src/ulmfit/fixtures/ulmfit.json",
        {
            "layout": "ids (time, batch); logits (time * batch, vocabulary), their weights are in the files of torch.save beside "
            "this one, in float32",
            "languageModel": lm,
            "training": "two steps each with the top 1, 2 and all 5 groups of layers, a new Adam for each; rates of groups fall by "
            "`divisor`; no dropout; batch norm by the batch; probabilities by running statistics after all steps",
            "classifier": classifier(Source(94)),
        },
    )
    for file in sorted(FOLDER.iterdir()):
        print(f"{file.name}  {file.stat().st_size} bytes")


main()
