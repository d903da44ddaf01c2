import torch
import torch.nn as nn


class Model(nn.Module):
    """Logical and of a stack of masks with one mask."""

    def forward(self, a, b):
        return torch.logical_and(a, b)


def get_inputs():
    return [
        torch.rand(1, 96, 112, 112) < 0.5,
        torch.rand(1, 1, 112, 112) < 0.5,
    ]


def get_init_inputs():
    return []
