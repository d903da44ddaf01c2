import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """Every pixel becomes a 2x2 block."""

    def forward(self, x):
        return F.interpolate(x, scale_factor=2, mode="nearest")


def get_inputs():
    return [torch.randn(1, 64, 40, 40)]


def get_init_inputs():
    return []
