"""The form of a golden file: JSON, one tensor a line, float64 numbers as shortest round-trip decimals.

A tensor is {"shape": [..], "data": [..]} with the data flat in row-major order. Inputs and weights are rounded
to four decimals before anything is computed from them, so that the files stay small and are still exact.
"""
import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)  # also makes the optimisers' own scalars float64
torch.set_num_threads(1)

ROOT = pathlib.Path(__file__).resolve().parents[2]
LARGEST_FILE = 300_000  # bytes


class Source:
    """Random tensors from one seed, rounded to four decimals."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def uniform(self, *shape, low=-1.0, high=1.0):
        return rounded(low + (high - low) * torch.rand(shape, generator=self.generator))

    def normal(self, *shape, scale=1.0):
        return rounded(scale * torch.randn(shape, generator=self.generator))

    def integers(self, below, *shape):
        return torch.randint(below, shape, generator=self.generator)


def rounded(tensor):
    return torch.tensor([float(f"{v:.4f}") for v in tensor.flatten().tolist()]).reshape(tensor.shape)


def tensor(value):
    value = value.detach()
    return {"shape": list(value.shape), "data": value.flatten().tolist()}


def tensors(named):
    return {name: tensor(value) for name, value in named.items()}


def write(path, content):
    """Writes `content` under the repository's root; `path` uses forward slashes."""
    content = {"generator": f"PyTorch {torch.__version__.split('+')[0]}, float64", **content}
    text = layout(content, 0) + "\n"
    if len(text) > LARGEST_FILE:
        raise SystemExit(f"{path}: {len(text)} bytes, more than {LARGEST_FILE}")
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf8", newline="\n")
    print(f"{path}  {len(text)} bytes")


def layout(value, depth):
    if is_line(value):
        return json.dumps(value, allow_nan=False, ensure_ascii=False)
    outer, inner = " " * depth, " " * (depth + 1)
    if isinstance(value, dict):
        rows = [f"{inner}{json.dumps(k)}: {layout(v, depth + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + outer + "}"
    return "[\n" + ",\n".join(inner + layout(v, depth + 1) for v in value) + "\n" + outer + "]"


def is_line(value):
    if isinstance(value, dict):
        return all(not isinstance(v, dict) and is_line(v) for v in value.values()) and len(value) < 3
    if isinstance(value, list):
        return not any(isinstance(v, (dict, list)) for v in value)
    return True
