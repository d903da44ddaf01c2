import torch
import torch.nn as nn


class Model(nn.Module):
    """Where the first number is not the larger one."""

    def forward(self, a, b):
        return torch.le(a, b)


def get_inputs():
    return [torch.randn(8, 196, 256), torch.randn(8, 196, 256)]


def get_init_inputs():
    return []
