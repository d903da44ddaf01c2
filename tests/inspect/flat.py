#!/usr/bin/env python3
"""flat.py FILE: a FlatBuffer of schema.fbs, laid out by hand.

With a number as second word, the four bytes there become 0x7fffffff.
"""
import struct
import sys

b = bytearray(4)
fix = []  # (where an offset stands, what it leads to)
at = {}


def align(n):
    while len(b) % n:
        b.append(0)


def vector(name, form, values):
    align(4)
    at[name] = len(b)
    b.extend(struct.pack("<I", len(values)))
    b.extend(struct.pack("<%d%s" % (len(values), form), *values))


def string(name, text):
    align(4)
    at[name] = len(b)
    b.extend(struct.pack("<I", len(text)) + text.encode() + b"\0")


def table(name, slots):
    """slots: None, (form, value) or the name of what an offset leads to"""
    align(2)
    vtable = len(b)
    b.extend(bytes(4 + 2 * len(slots)))
    align(4)
    at[name] = start = len(b)
    b.extend(struct.pack("<i", start - vtable))
    for i, s in enumerate(slots):
        if s is None:
            continue
        align(4)
        struct.pack_into("<H", b, vtable + 4 + 2 * i, len(b) - start)
        if isinstance(s, str):
            fix.append((len(b), s))
            b.extend(bytes(4))
        else:
            b.extend(struct.pack("<" + s[0], s[1]))
    struct.pack_into("<HH", b, vtable, 4 + 2 * len(slots), len(b) - start)


# offsets lead forward: what refers comes before what is referred to
table("root", [None, ("b", 5), ("B", 2), "leaf", "names", None, "many"])
align(4)
at["names"] = len(b)
b.extend(struct.pack("<I", 2))
for n in ("first", "second"):
    fix.append((len(b), n))
    b.extend(bytes(4))
string("first", "one")
string("second", "two")
vector("many", "f", [i / 2 for i in range(20)])
table("leaf", ["three", "hello"])
vector("three", "i", [1, -2, 3])
string("hello", "he\"llo")
fix.append((0, "root"))
for where, name in fix:
    struct.pack_into("<I", b, where, at[name] - where)
if len(sys.argv) > 2:
    struct.pack_into("<I", b, int(sys.argv[2]), 0x7fffffff)
open(sys.argv[1], "wb").write(b)
