import torch
import torch.nn as nn


class Model(nn.Module):
    """Features in parts of given sizes."""

    def forward(self, x):
        return torch.split(x, (32, 96, 64), dim=-1)


def get_inputs():
    return [torch.randn(16, 196, 192)]


def get_init_inputs():
    return []
