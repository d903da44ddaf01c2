import torch
import torch.nn as nn


class Model(nn.Module):
    """Mean over the pixels of each channel."""

    def forward(self, x):
        return torch.mean(x, dim=(2, 3), keepdim=True)


def get_inputs():
    return [torch.randn(8, 160, 28, 28)]


def get_init_inputs():
    return []
