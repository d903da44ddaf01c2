import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """A signal continued from its other end."""

    def forward(self, x):
        return F.pad(x, (12, 7), mode="circular")


def get_inputs():
    return [torch.randn(8, 64, 1000)]


def get_init_inputs():
    return []
