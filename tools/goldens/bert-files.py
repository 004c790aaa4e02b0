"""
Files and heads of BERT by `transformers`, for packages/pretrain: a folder with `pytorch_model.bin` as torch.save writes
it, of the first model of bert.json; the same weights in two parts with an index; logits of BertForSequenceClassification
and BertForTokenClassification with random weights, in float64. Needs `transformers` and `safetensors` besides the
requirements.
"""
import json
import sys

HERE = sys.path.pop(0)  # as in bert.py
import torch
import transformers
from safetensors.torch import save_file
from transformers import BertForPreTraining, BertForSequenceClassification, BertForTokenClassification

sys.path.insert(0, HERE)
from golden_file import ROOT, Source, tensor, tensors, write

FIXTURES = ROOT / "packages/pretrain/src/masked-lm/fixtures"


def config(**more):
    return transformers.BertConfig(
        vocab_size=13, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12,
        max_position_embeddings=8, type_vocab_size=2, hidden_act="gelu", attn_implementation="eager",
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **more,
    )


def filled(model, seed):
    source = Source(seed)
    model = model.double().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            near = dict(low=0.5, high=1.5) if "LayerNorm.weight" in name else {}
            parameter.copy_(source.uniform(*parameter.shape, **near))
    return model


def files():
    model = filled(BertForPreTraining(config()), 61).float()
    folder = FIXTURES / "bert-torch"
    folder.mkdir(exist_ok=True)
    state = model.state_dict()
    torch.save(state, folder / "pytorch_model.bin")
    parts = FIXTURES / "bert-parts"
    parts.mkdir(exist_ok=True)
    # As save_pretrained leaves them: the tied decoder is not stored.
    own = {n: t.clone() for n, t in state.items() if not n.startswith("cls.predictions.decoder")}
    names = list(own)
    cuts = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, chosen in cuts.items():
        save_file({n: own[n] for n in chosen}, parts / file, metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": {n: file for file, chosen in cuts.items() for n in chosen}}
    (parts / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf8")
    text = json.dumps({k: v for k, v in model.config.to_dict().items() if k != "dtype"}, indent=1, sort_keys=True)
    for target in (folder, parts):
        (target / "config.json").write_text(text + "\n", encoding="utf8")


def heads():
    labels = {0: "a", 1: "b", 2: "c"}
    names = {name: index for index, name in labels.items()}
    ids = 1 + Source(81).integers(12, 2, 6)
    mask = torch.tensor([[1] * 6, [1] * 4 + [0, 0]])
    segments = torch.tensor([[0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 0, 0]])
    cases = []
    for task, kind, seed in [("text", BertForSequenceClassification, 82), ("words", BertForTokenClassification, 83)]:
        own = config(id2label=labels, label2id=names)
        model = filled(kind(own), seed)
        with torch.no_grad():
            logits = model(input_ids=ids, attention_mask=mask, token_type_ids=segments).logits
        described = own.to_dict() | {"architectures": [kind.__name__]}
        keep = ("architectures model_type vocab_size hidden_size num_hidden_layers num_attention_heads hidden_act "
                "intermediate_size max_position_embeddings type_vocab_size layer_norm_eps hidden_dropout_prob "
                "attention_probs_dropout_prob id2label label2id").split()
        # As JSON has it: names of labels under texts, not numbers.
        shown = json.loads(json.dumps({k: v for k, v in described.items() if k in keep}))
        cases.append({"task": task, "config": shown,
                      "weights": tensors(dict(model.named_parameters())), "logits": tensor(logits)})
    write("packages/pretrain/src/masked-lm/fixtures/bert-heads.json",
          {"transformers": transformers.__version__, "ids": ids.tolist(), "mask": mask.tolist(),
           "segments": segments.tolist(), "cases": cases})


files()
heads()
