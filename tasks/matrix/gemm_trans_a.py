import torch
import torch.nn as nn


class Model(nn.Module):
    """The first matrix comes transposed."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(128, 256))
        self.bias = nn.Parameter(torch.randn(256))

    def forward(self, a):
        return a.t() @ self.weight + self.bias


def get_inputs():
    return [torch.randn(128, 196)]


def get_init_inputs():
    return []
