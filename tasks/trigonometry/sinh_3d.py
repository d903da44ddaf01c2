import torch
import torch.nn as nn


class Model(nn.Module):
    """Hyperbolic sine."""

    def forward(self, x):
        return torch.sinh(x)


def get_inputs():
    return [torch.randn(4, 196, 128)]


def get_init_inputs():
    return []
