import torch
import torch.nn as nn


class Model(nn.Module):
    """Negation, element by element."""

    def forward(self, x):
        return torch.neg(x)


def get_inputs():
    return [torch.randn(16, 196, 256)]


def get_init_inputs():
    return []
