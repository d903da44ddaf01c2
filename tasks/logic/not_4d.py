import torch
import torch.nn as nn


class Model(nn.Module):
    """A mask inverted."""

    def forward(self, x):
        return torch.logical_not(x)


def get_inputs():
    return [torch.rand(4, 96, 112, 112) < 0.5]


def get_init_inputs():
    return []
