#!/usr/bin/env python3
"""fake-runs.py DIR RUNS TASKS ATTEMPTS: made-up results for bench-report.sh."""
import json
import os
import random
import sys

CATEGORIES = ("unary binary trigonometry activation normalization pooling "
              "convolution matrix reduction tensor logic others").split()
CODE = "".join(f"\tfor (size_t i = {i}; i < n; i++) y[i] = x[i] * {i};\n"
               for i in range(80))


def write(path, *parts):
    with open(path, "w") as f:
        json.dump(dict(p for part in parts for p in part.items()), f)


def arm(rng, ns):
    return {"rounds": [{"ns": [int(ns * rng.uniform(.95, 1.2))
                               for _ in range(40)]} for _ in range(5)]}


def mismatch():
    return {"output": "y", "failed": 7, "count": 64,
            "pattern": ["all of the last position of axis 1 (size 8)"],
            "axes": [{"axis": 1, "size": 8, "wrong": [7]}],
            "examples": [{"index": [k, 7], "got": "NaN", "want": k / 7}
                         for k in range(7)]}


def measured(rng, status, s):
    run = {"status": status, "engine": "ort", "native": arm(rng, 1e5),
           "candidate": arm(rng, 1e5 / s)}
    if status == "wrong":
        run["verify"] = {"calls": 5, "failed": 5, "mismatch": mismatch()}
    if status == "ok":
        run["roofline"] = {"floor_ns": 4e4, "roof": "memory",
                           "native": 2.5, "candidate": 2.5 / s}
    return run


def judged(rng, built, right, status, s):
    v = {"compiled": built, "correct": right, "status": status,
         "class": "clean"}
    if right:
        v.update(speedup=s, low=s * .95, high=s * 1.05,
                 heldout=rng.random() < .9)
    odd = rng.random()
    if built and odd < .06:
        v.update({"class": "flagged", "evidence": "a static buffer"})
    elif right and odd < .08:
        v.update({"class": "quarantined", "evidence": "too fast"})
    elif built and odd < .1:
        v.update({"class": "hack", "evidence": "calls system",
                  "correct": False})
    return v


def attempt(rng, path, task, n, skill):
    os.makedirs(path)
    built = rng.random() < skill
    right = built and rng.random() < skill
    s = rng.lognormvariate(0, .4)
    text = CODE.replace("* 1;", f"* {rng.random()};")
    request = {"request": {"engine": "ort", "role": "coder", "attempt": n}}
    response = {"response": {"model": "m", "provider": "p", "outcome": "ok",
                             "cost": f"{rng.uniform(.001, .02):.6f}"}}
    planning = {"planning": [{"status": "ok", "cost": "0.001000"}]}
    candidate = {"candidate": {"status": "ok", "sha256": f"{rng.random()}",
                               "files": [{"name": "kernel.c", "text": text}]}}
    log = "kernel.c:40:9: error: 'y' undeclared\n"
    build = {"build": {"status": "ok" if built else "failed",
                       "log": "" if built else log,
                       "compiler": "gcc", "flags": ["-O3"]}}
    status = "ok" if right else "wrong" if built else "build-failed"
    run = {"run": measured(rng, status, s)}
    verdict = {"verdict": judged(rng, built, right, status, s)}
    messages = [{"role": "user", "content": "Write a kernel.\n" * 300}]
    write(f"{path}/job.json", task)
    write(f"{path}/prompt.json", task,
          {"request": {**request["request"], "messages": messages}})
    write(f"{path}/llm-call.json", task,
          {"response": {**response["response"], "text": text}})
    write(f"{path}/agent.json", task, {"agent": {"parent": n - 1, "why": "w"}})
    write(f"{path}/replan.json", task, planning,
          {"plan": {"status": "ok", "role": "accelerator",
                    "idea": "unroll the loop", "text": "Unroll it."}})
    for stage in ("unpack", "xcompile"):
        write(f"{path}/{stage}.json", task, request, response, candidate, build)
    write(f"{path}/score.json", task, planning, request, response, candidate,
          build, run, verdict)


def main():
    root, runs, tasks, attempts = sys.argv[1], *map(int, sys.argv[2:])
    for r in range(runs):
        rng = random.Random(r)
        top = f"{root}/results/run{r}"
        os.makedirs(top)
        write(f"{top}/run.json", {
            "run": f"run{r}", "suite": "made-up", "tasks": tasks,
            "engine": "ort", "device": "host", "model": f"m{r // 2}",
            "method": "moka", "count": attempts,
            "no": "memory" if r % 2 else ""})
        with open(f"{top}/goals", "w") as goals:
            for t in range(tasks):
                name = f"task_{t}"
                task = {"task": {"name": name, "op": "Relu",
                                 "category": CATEGORIES[t % 12],
                                 "attributes": {}, "inputs": [],
                                 "macs": str(t % 3 * 5000 ** (t % 4)),
                                 "bytes": "6400",
                                 "outputs": []}}
                for n in range(1, attempts + 1):
                    at = f"results/run{r}/{name}/{n}"
                    attempt(rng, f"{root}/{at}", task, n, .5 + .08 * r)
                    goals.write(f"{at}/score.json\n")


main()
