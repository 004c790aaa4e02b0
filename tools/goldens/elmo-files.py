"""ELMo's files beside tools that know nothing of ours: a small HDF5 file of h5py's newest form, and a forward pass in numpy.

    elmo-files.py                       writes packages/pretrain/src/elmo/fixtures/elmo-latest.hdf5
    elmo-files.py embed OPTIONS WEIGHTS SENTENCES OUT
                                        vectors of SENTENCES (a line each) into OUT (HDF5): every layer of every sentence, in
                                        float64, the state zero before each
    elmo-files.py vectors FILE          prints, as JSON, shape and sum of every dataset of an HDF5 file, npy or safetensors
"""
import json
import pathlib
import sys

import h5py
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]


def write_latest():
    path = ROOT / "packages/pretrain/src/elmo/fixtures/elmo-latest.hdf5"
    with h5py.File(path, "w", libver="latest") as file:
        file.create_dataset("group/ramp", data=np.arange(6, dtype="<f4").reshape(2, 3), track_times=False)
        file.create_dataset("chunked", data=np.zeros((4, 4), "<f4"), chunks=(2, 2), track_times=False)
        file.create_dataset("integers", data=np.arange(3, dtype="<i4"), track_times=False)
    print(path, path.stat().st_size, "bytes")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def character_ids(token, length):
    special = {"<S>": [256], "</S>": [257]}
    content = special.get(token) or list(token.encode("utf-8", "ignore"))[: length - 2]
    return ([258] + content + [259] + [260] * length)[:length]


def token_vector(w, options, token):
    cnn = options["char_cnn"]
    x = w["char_embed"][character_ids(token, cnn["max_characters_per_token"])]  # (characters, features)
    found = []
    for k, (width, _) in enumerate(cnn["filters"]):
        kernel, bias = w[f"CNN/W_cnn_{k}"][0], w[f"CNN/b_cnn_{k}"]
        sums = [np.einsum("wd,wdn->n", x[at : at + width], kernel) for at in range(len(x) - width + 1)]
        found.append(np.max(sums, axis=0) + bias)
    x = np.concatenate(found)
    x = np.maximum(x, 0) if cnn["activation"] == "relu" else np.tanh(x)
    for k in range(cnn["n_highway"]):
        g = sigmoid(x @ w[f"CNN_high_{k}/W_carry"] + w[f"CNN_high_{k}/b_carry"])
        x = g * np.maximum(x @ w[f"CNN_high_{k}/W_transform"] + w[f"CNN_high_{k}/b_transform"], 0) + (1 - g) * x
    return x @ w["CNN_proj/W_proj"] + w["CNN_proj/b_proj"]


def lstm(w, options, direction, layer, xs):
    o = options["lstm"]
    group = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"
    h, c, out = np.zeros(o["projection_dim"]), np.zeros(o["dim"]), []
    for x in xs:
        i, j, f, g = np.split(np.concatenate([x, h]) @ w[f"{group}/W_0"] + w[f"{group}/B"], 4)
        c = np.clip(sigmoid(f + 1) * c + sigmoid(i) * np.tanh(j), -o["cell_clip"], o["cell_clip"])
        h = np.clip((sigmoid(g) * np.tanh(c)) @ w[f"{group}/W_P_0"], -o["proj_clip"], o["proj_clip"])
        out.append(h)
    return np.array(out)


def embed(options_path, weights_path, sentences_path, out):
    options = json.loads(pathlib.Path(options_path).read_text())
    assert options["char_cnn"]["n_characters"] == 262
    w = {}
    with h5py.File(weights_path) as file:
        file.visititems(lambda name, item: w.update({name: item[...].astype("f8")}) if isinstance(item, h5py.Dataset) else None)
    assert w["char_embed"].shape[0] == 261
    result = {}
    for index, line in enumerate(pathlib.Path(sentences_path).read_text("utf-8").splitlines()):
        tokens = ["<S>", *line.split(), "</S>"]
        vectors = np.array([token_vector(w, options, token) for token in tokens])
        layers = [np.concatenate([vectors, vectors], axis=1)]
        forward, backward = vectors, vectors[::-1]
        for layer in range(options["lstm"]["n_layers"]):
            steps = [lstm(w, options, direction, layer, xs) for direction, xs in ((0, forward), (1, backward))]
            if options["lstm"]["use_skip_connections"] and layer > 0:
                steps = [steps[0] + forward, steps[1] + backward]
            forward, backward = steps
            layers.append(np.concatenate([forward, backward[::-1]], axis=1))
        result[str(index)] = np.array(layers)[:, 1:-1]
    with h5py.File(out, "w") as file:
        for name, array in result.items():
            file.create_dataset(name, data=array)


def vectors(path):
    if path.endswith(".npy"):
        arrays = {"all": np.load(path)}
    elif path.endswith(".safetensors"):
        content = pathlib.Path(path).read_bytes()
        length = int.from_bytes(content[:8], "little")
        header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
        header.pop("__metadata__", None)
        slices = {name: data[slice(*entry["data_offsets"])] for name, entry in header.items()}
        arrays = {name: np.frombuffer(part, "<f4").reshape(header[name]["shape"]) for name, part in slices.items()}
    else:
        with h5py.File(path) as file:
            arrays = {name: file[name][...] for name in file if name != "sentence_to_index"}
            if "sentence_to_index" in file:
                numbers = json.loads(file["sentence_to_index"][0])
                assert set(numbers.values()) <= set(arrays)
    print(json.dumps({name: {"shape": list(a.shape), "sum": float(a.astype("f8").sum())} for name, a in arrays.items()}))


if __name__ == "__main__":
    command, rest = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("write", [])
    {"write": write_latest, "embed": embed, "vectors": vectors}[command](*rest)
