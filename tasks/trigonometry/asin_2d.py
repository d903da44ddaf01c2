import torch
import torch.nn as nn


class Model(nn.Module):
    """Arc sine, up to the ends of its domain."""

    def forward(self, x):
        return torch.asin(x)


def get_inputs():
    return [torch.empty(196, 512).uniform_(-1, 1)]


def get_init_inputs():
    return []
