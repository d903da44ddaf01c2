import torch
import torch.nn as nn


class Model(nn.Module):
    """Length of every row vector."""

    def forward(self, x):
        return torch.linalg.vector_norm(x, dim=1, keepdim=True)


def get_inputs():
    return [torch.randn(784, 512)]


def get_init_inputs():
    return []
