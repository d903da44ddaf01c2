import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """A border that repeats the outermost pixels."""

    def forward(self, x):
        return F.pad(x, (2, 4, 1, 3), mode="replicate")


def get_inputs():
    return [torch.randn(1, 64, 64, 64)]


def get_init_inputs():
    return []
