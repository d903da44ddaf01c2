import torch
import torch.nn as nn


class Model(nn.Module):
    """Tangent, short of its poles."""

    def forward(self, x):
        return torch.tan(x)


def get_inputs():
    return [torch.empty(1, 32, 56, 56).uniform_(-1.5, 1.5)]


def get_init_inputs():
    return []
