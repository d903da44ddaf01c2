import torch
import torch.nn as nn


class Model(nn.Module):
    """Where numbers equal the one of their row."""

    def forward(self, a, b):
        return torch.eq(a, b)


def get_inputs():
    return [torch.randn(16, 196, 256), torch.randn(16, 196, 1)]


def get_init_inputs():
    return []
