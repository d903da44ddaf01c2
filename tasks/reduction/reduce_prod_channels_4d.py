import torch
import torch.nn as nn


class Model(nn.Module):
    """Product over the channels of every pixel."""

    def forward(self, x):
        return torch.prod(x, dim=1, keepdim=True)


def get_inputs():
    return [torch.empty(4, 12, 64, 64).uniform_(0.6, 1.5)]


def get_init_inputs():
    return []
