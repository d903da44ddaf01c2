import torch
import torch.nn as nn


class Model(nn.Module):
    """Inverse hyperbolic sine."""

    def forward(self, x):
        return torch.asinh(x)


def get_inputs():
    return [torch.randn(1, 32, 56, 56)]


def get_init_inputs():
    return []
