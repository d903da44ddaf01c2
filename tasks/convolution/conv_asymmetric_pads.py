import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """3x3 convolution with a border at the bottom and the right only."""

    def __init__(self, in_channels, out_channels, kernel_size, stride):
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels, out_channels, kernel_size, stride=stride
        )

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


def get_inputs():
    return [torch.randn(1, 24, 56, 56)]


def get_init_inputs():
    return [24, 48, 3, 2]
