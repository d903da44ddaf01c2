import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """Every pixel becomes a 3x3 block."""

    def forward(self, x):
        return F.interpolate(x, scale_factor=3, mode="nearest")


def get_inputs():
    return [torch.randn(1, 64, 28, 28)]


def get_init_inputs():
    return []
