import torch
import torch.nn as nn


class Model(nn.Module):
    """Row that holds the smallest value of each column."""

    def forward(self, x):
        return torch.argmin(x, dim=0)


def get_inputs():
    return [torch.randn(64, 3136)]


def get_init_inputs():
    return []
