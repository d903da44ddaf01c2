import torch
import torch.nn as nn


class Model(nn.Module):
    """Half of every row replaced, each place once."""

    def forward(self, x, indices, updates):
        return torch.scatter(x, -1, indices, updates)


def get_inputs():
    return [
        torch.randn(784, 256),
        torch.rand(784, 128).argsort(dim=-1),
        torch.randn(784, 128),
    ]


def get_init_inputs():
    return []
