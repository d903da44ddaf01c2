import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """A border that mirrors the picture."""

    def forward(self, x):
        return F.pad(x, (3, 3, 3, 3), mode="reflect")


def get_inputs():
    return [torch.randn(1, 64, 64, 64)]


def get_init_inputs():
    return []
