#!/usr/bin/env python3
"""A model that knows nothing but what it is told.

Reads {"request": {"messages": ...}} and answers by rules from the words of the
prompt alone.  Its first kernel has three faults: it does not build, as it names
a function that does not exist or overrides another than there is; it leaves
elements out, mistakes an axis or a factor; and a variable keeps its loop from
being vectorised.  Each can only be mended if the prompt says what a tool of ours
found; and the right way to make it faster is taken only when the history says
that the first one was tried, and the roofline that the kernel is far from it.
"""
import json
import re
import sys

import kernels

FILES = {"ort": "kernel.cc", "mnn": "kernel.cpp"}


def engine_of(prompt):
    return "mnn" if "\nMNN has it as:" in prompt else "ort"


def node_of(prompt):
    return json.loads(re.search(r"```json\n(.*?)\n```", prompt, re.S).group(1))


def block(engine, code):
    return FILES[engine] + "\n```cpp\n" + code + "```\n"


def first(pattern, text):
    found = re.search(pattern, text)
    return found.group(1) if found else None


def draft(prompt):
    engine = engine_of(prompt)
    words = {"type": first(r"Types: `(\w+)`", prompt), "operation": first(r"Operation: `(\w+)`", prompt),
             "parameter": first(r"main_as_(\w+)\(\)", prompt)}
    return block(engine, kernels.draft(engine, node_of(prompt), words))


def changes(cause, *what):
    return json.dumps({"cause": cause, "changes": list(what)})


def debug_compile(prompt):
    """needs the located error and the nearest name of what does not exist, or
    the declaration that it clashes with"""
    located = re.search(r"\[(?:cross-file|local)\] kernel\.c(?:c|pp):\d+: (.*)", prompt)
    if not located:
        return changes("something is misspelt", "Replace `no such text` by `another`")
    if "marked 'override'" in located.group(1) or "marked ‘override’" in located.group(1):
        declared = re.search(r"It clashes with .*?\n```cpp\n.*?onExecute\(.*?std::vector<Tensor ?\*> ?& ?outputs\)", prompt, re.S)
        if declared:
            return changes("onExecute has no third parameter", "Replace `&outputs, int threads)` by `&outputs)`")
    name = first(r"has no member named .(\w+)", located.group(1))
    near = name and re.search(r"`%s` does not exist.*?\n- `(?:\w+::)*(\w+)`" % name, prompt, re.S)
    if near:
        return changes("there is no such member", "Replace `%s` by `%s`" % (name, near.group(1)))
    return changes("something is misspelt", "Replace `no such text` by `another`")


def debug_function(prompt):
    """needs the pattern of the wrong elements"""
    report = prompt.split("# What running it showed")[1]
    factor = first(r"got is ([-+.e0-9]+) times want", report)
    factor = str(round(float(factor))) if factor else None
    if factor and int(factor) == kernels.reduced(node_of(prompt)) and "finish(T a" in prompt:
        return changes("the mean is a sum", "Replace `return a;\n` by `return a / n;\n`")
    if factor:
        return changes("the result is scaled", "Replace ` * %s.0f)` by `)`" % factor)
    if re.search(r"of odd positions of axis \d+", report):
        return changes("the loop makes two steps at once", "Replace `c += 2` by `c += 1`")
    if re.search(r"of position 0 of axis \d+", report):
        return changes("the loop begins at the second position", "Replace `size_t c = 1` by `size_t c = 0`")
    if re.search(r"of the last position of axis \d+ \(size \d+\)", report):
        return changes("the loop stops one short of the last position",
                       "Replace `cols - 1` by `cols`", "Replace `outer - 1` by `outer`")
    if engine_of(prompt) == "mnn" and not re.search(r"\"ReductionParam\":\{\"operation\":", prompt):
        return changes("the formula may be imprecise", "Replace `return ` by `return  `")
    if re.search(r"Output .*: (\d+) of \d+ elements are wrong", report):
        return changes("elements along another axis are joined",
                       "Replace `(r * inner + i) * n + k` by `(r * n + k) * inner + i`")
    return changes("the formula may be imprecise", "Replace `return ` by `return  `")


def accelerate(prompt):
    """the history must say that unrolling was tried, the roofline that there is
    room, and the report which loop is not vector code"""
    tried = prompt.split("# What was tried so far")[1]
    if '"unroll the loop"' not in tried:
        return json.dumps({"bottleneck": "loop overhead", "method": "unroll the loop",
                           "plan": "Replace `	for (size_t r = ` by `#pragma GCC unroll 2\n	for (size_t r  = `"})
    distance = first(r"Roofline: memory bounds it .*?this kernel takes ([0-9.]+) times that", prompt)
    if not distance or float(distance) < 1.5:
        return json.dumps({"bottleneck": "memory, perhaps", "method": "write without reading",
                           "plan": "Replace `static void\ncompute` by `static  void\ncompute`"})
    if re.search(r"Loop at kernel\.c(c|pp):\d+: not vectorised", prompt):
        return json.dumps({"bottleneck": "the loop is not vector code",
                           "method": "let the compiler vectorise",
                           "plan": "Replace `volatile T` by `T`"})
    return json.dumps({"bottleneck": "unknown", "method": "prefetch",
                       "plan": "Replace `static void\ncompute` by `static  void\ncompute`"})


def carry_out(prompt):
    engine = engine_of(prompt)
    code = re.search(r"# The code\n\n" + re.escape(FILES[engine]) + r"\n```cpp\n(.*?)```", prompt, re.S).group(1)
    plan = prompt.split("# The plan")[1]
    for old, new in re.findall(r"Replace `(.*?)` by `(.*?)`", plan, re.S):
        code = code.replace(old, new)
    return block(engine, code)


def answer(messages):
    prompt = messages[1]["content"]
    if "Plan its repair" in prompt or "Plan its\nrepair" in prompt:
        if "not the JSON object asked for" not in messages[-1]["content"]:
            return "Let me think about this. The kernel does not build."
        return debug_compile(prompt)
    if "Plan its correction" in prompt:
        return "Here it is:\n```json\n" + debug_function(prompt) + "\n```\n"
    if "Plan how to make it" in prompt:
        return accelerate(prompt)
    if "# The plan" in prompt:
        return carry_out(prompt)
    return draft(prompt)


if __name__ == "__main__":
    print(answer(json.load(sys.stdin)["request"]["messages"]), end="")
