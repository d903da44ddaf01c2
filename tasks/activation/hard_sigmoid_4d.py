import torch
import torch.nn as nn


class Model(nn.Module):
    """Sigmoid made of three straight lines, a sixth steep."""

    def forward(self, x):
        return torch.clamp(x * 0.1667 + 0.5, 0, 1)


def get_inputs():
    return [torch.randn(1, 128, 56, 56)]


def get_init_inputs():
    return []
