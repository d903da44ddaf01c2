import torch
import torch.nn as nn


class Model(nn.Module):
    """Sign of numbers, many of them tiny or zero."""

    def forward(self, x):
        return torch.sign(x)


def get_inputs():
    return [torch.randn(1, 16, 8, 56, 56)]


def get_init_inputs():
    return []
