import torch
import torch.nn as nn


class Model(nn.Module):
    """First place of the largest class score."""

    def forward(self, x):
        return torch.argmax(x, dim=-1)


def get_inputs():
    return [torch.randn(128, 1000)]


def get_init_inputs():
    return []
