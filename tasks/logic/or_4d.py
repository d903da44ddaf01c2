import torch
import torch.nn as nn


class Model(nn.Module):
    """Logical or of two masks."""

    def forward(self, a, b):
        return torch.logical_or(a, b)


def get_inputs():
    return [
        torch.rand(2, 96, 112, 112) < 0.5,
        torch.rand(2, 96, 112, 112) < 0.5,
    ]


def get_init_inputs():
    return []
