import torch
import torch.nn as nn


class Model(nn.Module):
    """Hyperbolic cosine."""

    def forward(self, x):
        return torch.cosh(x)


def get_inputs():
    return [torch.randn(1, 32, 56, 56)]


def get_init_inputs():
    return []
