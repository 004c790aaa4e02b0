"""Small files of torch.save in both formats, for packages/pretrain/src/pickle, and what they hold as JSON."""
import collections
import json
import pathlib
import pickle

import torch

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "packages/pretrain/src/pickle/fixtures"


def content():
    """Every element type, views with offsets and strides, shared storages, a parameter, plain values."""
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8
    rows = base[1:3]
    return collections.OrderedDict(
        float32=base,
        rows=rows,
        transposed=base.t(),
        every_second=base[::2, 1::2],
        same=base,
        scalar=torch.tensor(1.5),
        empty=torch.zeros(0, 3),
        expanded=torch.tensor([[2.5], [3.5]]).expand(2, 3),
        float64=torch.tensor([1 / 3, -1e300], dtype=torch.float64),
        float16=torch.tensor([0.1, -2.0, 65504.0, 6e-8], dtype=torch.float16),
        bfloat16=torch.tensor([0.1, -2.0, 3e38], dtype=torch.bfloat16),
        int64=torch.tensor([-(2**40), 7], dtype=torch.int64),
        int32=torch.tensor([-5, 2**31 - 1], dtype=torch.int32),
        int16=torch.tensor([-300, 300], dtype=torch.int16),
        int8=torch.tensor([-128, 127], dtype=torch.int8),
        uint8=torch.tensor([0, 255], dtype=torch.uint8),
        bool=torch.tensor([True, False, True]),
        parameter=torch.nn.Parameter(torch.tensor([0.25, -0.5])),
        plain={"list": [1, 2.5, None, True, "grün", (1, (2, 3))], "large": 2**70, 3: -1},
    )


def plain(value):
    if isinstance(value, torch.Tensor):
        value = value.detach()
        data = value.float() if value.dtype in (torch.float16, torch.bfloat16) else value
        return {"shape": list(value.shape), "data": data.flatten().tolist()}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, int) and abs(value) > 2**53 else value


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    values = content()
    for name, zipped in [("values-zip.pth", True), ("values-legacy.pth", False)]:
        torch.save(values, FOLDER / name, _use_new_zipfile_serialization=zipped)
    (FOLDER / "values.json").write_text(json.dumps(plain(values), indent=1) + "\n", encoding="utf8")
    module = torch.nn.LSTM(2, 3)
    with torch.no_grad():
        for number, parameter in enumerate(module.parameters()):
            parameter.copy_(torch.arange(parameter.numel()).reshape(parameter.shape) / 16 + number)
    torch.save(module.state_dict(), FOLDER / "state-dict.pth")
    words = ["xxunk", "xxpad", "the", "naïve", "日本", "line\nfeed", "back\\slash"]
    for protocol in range(6):
        (FOLDER / f"words-{protocol}.pkl").write_bytes(pickle.dumps(words, protocol))
    torch.save(torch.nn.Linear(2, 2), FOLDER / "whole-module.pth")
    for file in sorted(FOLDER.iterdir()):
        print(f"{file.name}  {file.stat().st_size} bytes")


main()
