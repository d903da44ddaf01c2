import torch
import torch.nn as nn


class Model(nn.Module):
    """Softmax over the classes of every pixel."""

    def forward(self, x):
        return torch.softmax(x, dim=1)


def get_inputs():
    return [torch.randn(1, 21, 96, 96)]


def get_init_inputs():
    return []
