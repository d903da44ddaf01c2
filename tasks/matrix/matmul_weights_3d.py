import torch
import torch.nn as nn


class Model(nn.Module):
    """Tokens times a weight matrix."""

    def __init__(self, rows, columns):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(rows, columns))

    def forward(self, a):
        return torch.matmul(a, self.weight)


def get_inputs():
    return [torch.randn(1, 196, 384)]


def get_init_inputs():
    return [384, 384]
