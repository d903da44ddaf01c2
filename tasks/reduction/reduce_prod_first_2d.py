import torch
import torch.nn as nn


class Model(nn.Module):
    """Product of every column."""

    def forward(self, x):
        return torch.prod(x, dim=0)


def get_inputs():
    return [torch.empty(16, 12544).uniform_(0.6, 1.5)]


def get_init_inputs():
    return []
