import torch
import torch.nn as nn


class Model(nn.Module):
    """Three tensors side by side along the last axis."""

    def forward(self, a, b, c):
        return torch.cat((a, b, c), dim=-1)


def get_inputs():
    return [
        torch.randn(8, 196, 64),
        torch.randn(8, 196, 33),
        torch.randn(8, 196, 95),
    ]


def get_init_inputs():
    return []
