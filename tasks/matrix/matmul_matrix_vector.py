import torch
import torch.nn as nn


class Model(nn.Module):
    """Rows of a matrix times one vector."""

    def forward(self, a, b):
        return torch.matmul(a, b)


def get_inputs():
    return [torch.randn(1000, 1024), torch.randn(1024)]


def get_init_inputs():
    return []
