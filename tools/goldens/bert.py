"""
Goldens of BERT, for packages/pretrain: `transformers`' BertForPreTraining with random weights, in float64. All hidden
states, pooled output, scores, loss and gradients, for GELU by the error function and by tanh. Needs `transformers`
besides the requirements.
"""
import sys

# This folder has a tokenizers.py of its own, which would hide the package that transformers needs.
HERE = sys.path.pop(0)
import torch
import transformers
from transformers import BertForPreTraining

sys.path.insert(0, HERE)
from golden_file import Source, tensor, tensors, write

VOCABULARY, TIME, BATCH = 13, 6, 2


def case(seed, activation):
    source = Source(seed)
    config = transformers.BertConfig(
        vocab_size=VOCABULARY, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12,
        max_position_embeddings=8, type_vocab_size=2, hidden_act=activation, attn_implementation="eager",
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )
    model = BertForPreTraining(config).double().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            near = dict(low=0.5, high=1.5) if "LayerNorm.weight" in name else {}
            parameter.copy_(source.uniform(*parameter.shape, **near))
    # From 1: transformers gives the vector of id 0, its padding, no gradient where it is looked up.
    ids = 1 + source.integers(VOCABULARY - 1, BATCH, TIME)
    mask = torch.tensor([[1] * TIME, [1] * (TIME - 2) + [0, 0]])
    segments = torch.tensor([[0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 0, 0]])
    labels = torch.full((BATCH, TIME), -100)
    for row, place in [(0, 1), (0, 4), (1, 2)]:
        labels[row, place] = source.integers(VOCABULARY, 1)[0]
    nexts = torch.tensor([0, 1])
    out = model(input_ids=ids, attention_mask=mask, token_type_ids=segments, labels=labels,
                next_sentence_label=nexts, output_hidden_states=True)
    out.loss.backward()
    with torch.no_grad():
        pooled = model.bert(input_ids=ids, attention_mask=mask, token_type_ids=segments).pooler_output
    named = dict(model.named_parameters())
    keep = ("model_type vocab_size hidden_size num_hidden_layers num_attention_heads intermediate_size "
            "max_position_embeddings type_vocab_size hidden_act layer_norm_eps hidden_dropout_prob "
            "attention_probs_dropout_prob").split()
    return {
        "name": activation,
        "config": {k: v for k, v in config.to_dict().items() if k in keep},
        "ids": ids.tolist(), "mask": mask.tolist(), "segments": segments.tolist(),
        "labels": labels.tolist(), "nextLabels": nexts.tolist(),
        "weights": tensors(named),
        "states": [tensor(state) for state in out.hidden_states],
        "pooled": tensor(pooled),
        "wordLogits": tensor(out.prediction_logits),
        "nextLogits": tensor(out.seq_relationship_logits),
        "loss": out.loss.item(),
        "gradients": tensors({n: p.grad for n, p in named.items()}),
    }


def main():
    cases = [case(61, "gelu"), case(62, "gelu_new")]
    how = "states are (row, time, feature); those at padding mean nothing"
    write("packages/pretrain/src/masked-lm/fixtures/bert.json",
          {"transformers": transformers.__version__, "reading": how, "cases": cases})


main()
