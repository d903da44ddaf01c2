import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """Mean of each channel's pixels."""

    def forward(self, x):
        return F.adaptive_avg_pool2d(x, 1)


def get_inputs():
    return [torch.randn(8, 320, 14, 14)]


def get_init_inputs():
    return []
