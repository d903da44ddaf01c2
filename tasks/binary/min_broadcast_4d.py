import torch
import torch.nn as nn


class Model(nn.Module):
    """Smaller of a feature map and a column of lower rank."""

    def forward(self, a, b):
        return torch.minimum(a, b)


def get_inputs():
    return [torch.randn(1, 64, 56, 56), torch.randn(56, 1)]


def get_init_inputs():
    return []
