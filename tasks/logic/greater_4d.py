import torch
import torch.nn as nn


class Model(nn.Module):
    """Where the first number is the larger one."""

    def forward(self, a, b):
        return torch.gt(a, b)


def get_inputs():
    return [torch.randn(1, 32, 112, 112), torch.randn(1, 32, 112, 112)]


def get_init_inputs():
    return []
