import torch
import torch.nn as nn


class Model(nn.Module):
    """Length of each picture as one vector."""

    def forward(self, x):
        return torch.linalg.vector_norm(x, dim=(1, 2, 3))


def get_inputs():
    return [torch.randn(16, 32, 28, 28)]


def get_init_inputs():
    return []
