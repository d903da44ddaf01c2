#!/usr/bin/env python3
"""Writes an ONNX model of about 500 nodes for tests/import.t.

usage: model.py BLOCKS [away]

BLOCKS residual blocks, then one of what an importer must look out for.  With
"away" all weights of blocks are external data of a file that is not there.
"""
import random
import struct
import sys

BLOCKS, AWAY = int(sys.argv[1]), len(sys.argv) > 2
random.seed(1)


def varint(n):
    n &= (1 << 64) - 1
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(number << 3 | 2) + varint(len(data)) + data


def integer(number, value):
    return varint(number << 3) + varint(value)


def dim(d):
    if d is None:
        return field(1, b"")
    return field(1, field(2, d) if isinstance(d, str) else integer(1, d))


def value(number, name, dims=None, dtype=1):
    if dims is None:
        return field(number, field(1, name))
    shape = field(2, b"".join(map(dim, dims)))
    return field(number, field(1, name) + field(2, field(1, integer(1, dtype) + shape)))


def attribute(name, v):
    if isinstance(v, bytes):  # a graph
        return field(5, field(1, name) + field(6, v) + integer(20, 5))
    if isinstance(v, str):
        return field(5, field(1, name) + field(4, v) + integer(20, 3))
    if isinstance(v, float):
        return field(5, field(1, name) + varint(2 << 3 | 5) + struct.pack("<f", v) + integer(20, 1))
    if isinstance(v, int):
        return field(5, field(1, name) + integer(3, v) + integer(20, 2))
    return field(5, field(1, name) + b"".join(integer(8, i) for i in v) + integer(20, 7))


graph = []


def node(op, ins, outs, domain="", **attributes):
    body = b"".join(field(1, x) for x in ins) + b"".join(field(2, x) for x in outs)
    body += field(3, "%s_%s" % (outs[0], op)) + field(4, op)
    body += b"".join(attribute(k, v) for k, v in attributes.items())
    graph.append(field(1, body + (field(7, domain) if domain else b"")))


def floats(name, dims, low=-0.1, high=0.1):
    n = 1
    for d in dims:
        n *= d
    body = b"".join(integer(1, d) for d in dims) + integer(2, 1) + field(8, name)
    if AWAY:
        for k, v in (("location", "none.bin"), ("offset", "0"), ("length", str(4 * n))):
            body += field(13, field(1, k) + field(2, v))
        body += integer(14, 1)
    else:
        body += field(9, struct.pack("<%df" % n, *[random.uniform(low, high) for _ in range(n)]))
    graph.append(field(5, body))


def ints(name, data, dims):
    graph.append(field(5, b"".join(integer(1, d) for d in dims) + integer(2, 7)
                       + field(8, name) + field(9, struct.pack("<%dq" % len(data), *data))))


C = 16
floats("w", [C, 3, 3, 3])
node("Conv", ["image", "w"], ["a0"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2])
for i in range(BLOCKS):
    p = "b%d_" % i
    for j in "12":
        floats(p + "w" + j, [C, C, 3, 3])
        floats(p + "s" + j, [C], 0.9, 1.1)
        floats(p + "b" + j, [C])
        floats(p + "m" + j, [C])
        floats(p + "v" + j, [C], 0.5, 1.5)
    node("Conv", ["a%d" % i, p + "w1"], [p + "c1"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    node("BatchNormalization", [p + "c1"] + [p + x + "1" for x in "sbmv"], [p + "n1"], epsilon=1e-5)
    node("Relu", [p + "n1"], [p + "r1"])
    node("Conv", [p + "r1", p + "w2"], [p + "c2"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    node("BatchNormalization", [p + "c2"] + [p + x + "2" for x in "sbmv"], [p + "n2"], epsilon=1e-5)
    node("Add", [p + "n2", "a%d" % i], [p + "d"])
    node("Relu", [p + "d"], ["a%d" % (i + 1)])
last = "a%d" % BLOCKS
# a shape that is computed
ints("zero", [0], [])
ints("axis0", [0], [1])
ints("minus1", [-1], [1])
node("Shape", [last], ["sh"])
node("Gather", ["sh", "zero"], ["batch"])
node("Unsqueeze", ["batch", "axis0"], ["batch1"])
node("Concat", ["batch1", "minus1"], ["to"], axis=0)
node("Reshape", [last, "to"], ["flat"])
floats("fc", [C * 32 * 32, 10])
node("MatMul", ["flat", "fc"], ["logits"])
node("Softmax", ["logits"], ["prob"], axis=-1)
# literals
ints("starts", [1], [1])
ints("ends", [5], [1])
ints("axes", [1], [1])
node("Slice", ["prob", "starts", "ends", "axes"], ["cut"])
ints("k", [3], [1])
node("TopK", ["prob", "k"], ["top", "where"])
floats("table", [50, 8])
node("Gather", ["table", "words"], ["embedded"])
node("Mul", ["embedded", "embedded"], ["squares"])
node("Sqrt", ["squares"], ["roots"])
# what cannot be a task
node("NonZero", ["flat"], ["nz"])
node("Cast", ["nz"], ["nzf"], to=1)
node("Fancy", ["flat"], ["fancy"], domain="com.example")
node("Neg", ["fancy"], ["unfancy"])
then = field(1, field(1, "prob") + field(2, "t") + field(4, "Relu")) + field(2, "t") + value(12, "t")
els = field(1, field(1, "prob") + field(2, "e") + field(4, "Neg")) + field(2, "e") + value(12, "e")
node("If", ["yes"], ["either"], then_branch=then, else_branch=els)

graph.append(field(2, "net"))
graph.append(value(11, "image", ["N", 3, 64, 64]))
graph.append(value(11, "words", ["N", "len"], 7))
graph.append(value(11, "yes", [], 9))
for o in ("cut", "top", "where", "roots", "nzf", "unfancy", "either"):
    graph.append(value(12, o))
sys.stdout.buffer.write(integer(1, 8) + field(7, b"".join(graph))
                        + field(8, field(1, "") + integer(2, 17))
                        + field(8, field(1, "com.example") + integer(2, 1)))
