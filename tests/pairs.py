"""Runs the PyTorch twins of tasks against ONNX Runtime.

usage: pairs.py [--calls N] [--noise] TASK.json...

For each task bin/reference makes inputs and constants and ONNX Runtime's
outputs.  The twin gets the same constants and inputs and must give the same
outputs, to the task's tolerance; its get_inputs() must have the task's shapes
and dtypes; and the task's model must be one ONNX node that reads back as the
task.  One line per task that fails, then a total.  Needs python3-torch.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.environ.get("BIN", os.path.join(ROOT, "bin"))

# Twins that Debian 12's PyTorch 1.13 is too old for, with the reason.
TOO_OLD = {}

DTYPES = {
    "float": np.float32,
    "double": np.float64,
    "bool": np.bool_,
    "int8": np.int8,
    "uint8": np.uint8,
    "int16": np.int16,
    "int32": np.int32,
    "int64": np.int64,
}


class Mismatch(Exception):
    pass


def reference(paths, call, directory):
    """What ONNX Runtime says of each task, by its name."""
    command = [os.path.join(BIN, "reference"), "-c", str(call), "-d", directory]
    out = subprocess.run(command + paths, stdout=subprocess.PIPE, check=True).stdout
    records = [json.loads(line) for line in out.splitlines()]
    return {r["task"]["name"]: r["reference"] for r in records}


def tensor(entry):
    array = np.fromfile(entry["file"], DTYPES[entry["dtype"]])
    return torch.from_numpy(array.reshape(entry["shape"]))


def load(path):
    """The twin beside a task file, as a module."""
    spec = importlib.util.spec_from_file_location("twin", path[:-5] + ".py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def give_constants(module, model, task, constants):
    """Copy what the ONNX node holds as generated constants into the model."""
    literal = {i["name"] for i in task["inputs"] if "data" in i}
    values = {c["name"]: tensor(c) for c in constants if c["name"] not in literal}
    if hasattr(module, "set_constants"):
        module.set_constants(model, values)
        return
    state = model.state_dict()
    unknown = set(values) - set(state)
    # a counter that batch normalization keeps and never reads in eval mode
    left = {n for n in set(state) - set(values) if "num_batches" not in n}
    if unknown or left:
        raise Mismatch(f"constants {sorted(unknown)} against {sorted(left)}")
    for name, value in values.items():
        if state[name].shape != value.shape:
            raise Mismatch(f"constant {name} is {list(state[name].shape)}")
        state[name].copy_(value)


def check_inputs(module, task):
    want = [i for i in task["inputs"] if i["name"] and not i.get("constant")]
    have = module.get_inputs()
    if len(want) != len(have):
        raise Mismatch(f"get_inputs() gives {len(have)}, the task has {len(want)}")
    for entry, t in zip(want, have):
        dtype = torch.from_numpy(np.zeros(1, DTYPES[entry["dtype"]])).dtype
        if list(t.shape) != entry["shape"] or t.dtype != dtype:
            raise Mismatch(f"get_inputs() gives {t.dtype} {list(t.shape)} for {entry['name']}")


def check_output(name, got, want, tolerance):
    if got.shape != want.shape or got.dtype != want.dtype:
        raise Mismatch(
            f"{name} is {got.dtype} {list(got.shape)}, not {want.dtype} {list(want.shape)}"
        )
    if not got.dtype.is_floating_point:
        if not torch.equal(got, want):
            raise Mismatch(f"{name}: {int((got != want).sum())} elements differ")
        return
    absolute = tolerance.get("absolute", 1e-4)
    relative = tolerance.get("relative", 1e-4)
    if not torch.allclose(got, want, relative, absolute, equal_nan=True):
        raise Mismatch(f"{name}: off by {float((got - want).abs().max())}")


def check_twin(path, task, ref):
    module = load(path)
    check_inputs(module, task)
    got = run_twin(module, task, ref, torch.float32)
    if len(got) != len(ref["outputs"]):
        raise Mismatch(f"{len(got)} outputs, not {len(ref['outputs'])}")
    for entry, t in zip(ref["outputs"], got):
        check_output(entry["name"], t, tensor(entry), task.get("tolerance", {}))


def share(got, want, tolerance):
    """The largest error as a share of the tolerance."""
    if not got.dtype.is_floating_point or not got.numel():
        return 0.0
    want = want.double()
    error = (got.double() - want).abs()
    limit = tolerance.get("absolute", 1e-4) + tolerance.get("relative", 1e-4) * want.abs()
    return float(torch.nan_to_num(error / limit, nan=0.0, posinf=0.0).max())


def run_twin(module, task, ref, dtype):
    def cast(t):
        return t.to(dtype) if t.dtype.is_floating_point else t

    model = module.Model(*module.get_init_inputs())
    with torch.no_grad():
        give_constants(module, model, task, ref["constants"])
        got = model.to(dtype)(*[cast(tensor(i)) for i in ref["inputs"]])
    return list(got) if isinstance(got, (tuple, list)) else [got]


def noise(path, task, ref):
    """Shares of the tolerance that ONNX Runtime and the twin take."""
    module = load(path)
    exact = run_twin(module, task, ref, torch.float64)
    single = run_twin(module, task, ref, torch.float32)
    limit = task.get("tolerance", {})
    ort = [share(tensor(o), e, limit) for o, e in zip(ref["outputs"], exact)]
    return max(ort), max(share(s, e, limit) for s, e in zip(single, exact))


def check_node(task, path):
    """The task's model is one node, and reads back as the task."""
    model = subprocess.run(
        [os.path.join(BIN, "spec2onnx"), path], stdout=subprocess.PIPE, check=True
    ).stdout
    back = subprocess.run(
        [os.path.join(BIN, "onnx2spec")], input=model, stdout=subprocess.PIPE, check=True
    ).stdout.splitlines()
    if len(back) != 1:
        raise Mismatch(f"{len(back)} nodes")
    node = json.loads(back[0])["task"]
    for key in ("op", "domain", "opset", "attributes", "macs", "bytes"):
        if node[key] != task[key]:
            raise Mismatch(f"as ONNX, {key} is {node[key]}, not {task[key]}")
    for key in ("inputs", "outputs"):
        for have, want in zip(node[key], task[key]):
            for k in ("name", "dtype", "shape"):
                if have.get(k) != want.get(k):
                    raise Mismatch(f"as ONNX, {want['name']} has {k} {have.get(k)}")


def print_noise(args, paths):
    most = {}
    for call in range(1, args.calls + 1):
        with tempfile.TemporaryDirectory() as directory:
            refs = reference(args.paths, call, directory)
            for name, (path, task) in paths.items():
                pair = noise(path, task, refs[name])
                most[name] = [max(p) for p in zip(pair, most.get(name, pair))]
    for name, (ort, twin) in sorted(most.items(), key=lambda m: -max(m[1])):
        print(f"{name:36} {ort:8.4f} {twin:8.4f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=3)
    parser.add_argument("--noise", action="store_true")
    parser.add_argument("paths", nargs="+", metavar="TASK.json")
    args = parser.parse_args()
    torch.set_num_threads(1)
    sys.dont_write_bytecode = True
    paths = {}
    for path in args.paths:
        with open(path) as f:
            task = json.load(f)["task"]
        paths[task["name"]] = (path, task)
    if args.noise:
        print_noise(args, paths)
        return 0
    failed = {}
    for call in range(1, args.calls + 1):
        with tempfile.TemporaryDirectory() as directory:
            refs = reference(args.paths, call, directory)
            for name, (path, task) in paths.items():
                if name in TOO_OLD or name in failed:
                    continue
                try:
                    check_twin(path, task, refs[name])
                    if call == 1:
                        check_node(task, path)
                except (Mismatch, RuntimeError, subprocess.CalledProcessError) as e:
                    failed[name] = f"call {call}: {e}"
    for name, why in sorted(failed.items()):
        print(f"{name}: {why}")
    for name, why in sorted(TOO_OLD.items()):
        print(f"{name}: left out: {why}")
    agree = len(paths) - len(failed) - len(set(TOO_OLD) & set(paths))
    print(f"{agree} of {len(paths)} twins agree with ONNX Runtime")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
