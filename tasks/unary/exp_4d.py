import torch
import torch.nn as nn


class Model(nn.Module):
    """Exponential, element by element."""

    def forward(self, x):
        return torch.exp(x)


def get_inputs():
    return [torch.randn(1, 64, 112, 112)]


def get_init_inputs():
    return []
