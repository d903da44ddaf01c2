import torch
import torch.nn as nn


class Model(nn.Module):
    """First place of the smallest value."""

    def forward(self, x):
        return torch.argmin(x, dim=-1, keepdim=True)


def get_inputs():
    return [torch.randn(8, 196, 128)]


def get_init_inputs():
    return []
