import torch
import torch.nn as nn


class Model(nn.Module):
    """All bits inverted."""

    def forward(self, x):
        return torch.bitwise_not(x)


def get_inputs():
    return [torch.randint(-1000000, 1000000, (16, 196, 256), dtype=torch.int32)]


def get_init_inputs():
    return []
