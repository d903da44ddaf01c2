import torch
import torch.nn as nn


class Model(nn.Module):
    """Both matrices come transposed, and the bias is a column."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(256, 192))
        self.bias = nn.Parameter(torch.randn(128, 1))

    def forward(self, a):
        return a.t() @ self.weight.t() + self.bias


def get_inputs():
    return [torch.randn(192, 128)]


def get_init_inputs():
    return []
