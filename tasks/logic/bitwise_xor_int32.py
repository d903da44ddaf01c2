import torch
import torch.nn as nn


class Model(nn.Module):
    """Bits that differ from those of a row."""

    def forward(self, a, b):
        return torch.bitwise_xor(a, b)


def get_inputs():
    return [
        torch.randint(-1000000, 1000000, (8, 196, 256), dtype=torch.int32),
        torch.randint(-1000000, 1000000, (256,), dtype=torch.int32),
    ]


def get_init_inputs():
    return []
