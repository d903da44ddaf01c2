import torch
import torch.nn as nn


class Model(nn.Module):
    """What lies two or more above the diagonal; zero elsewhere."""

    def forward(self, x):
        return torch.triu(x, diagonal=2)


def get_inputs():
    return [torch.randn(784, 512)]


def get_init_inputs():
    return []
