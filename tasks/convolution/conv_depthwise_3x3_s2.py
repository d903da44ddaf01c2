import torch
import torch.nn as nn


class Model(nn.Module):
    """One 3x3 filter for each channel, every second pixel."""

    def __init__(
        self, in_channels, out_channels, kernel_size, stride, padding, groups
    ):
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=padding,
            groups=groups,
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 96, 112, 112)]


def get_init_inputs():
    return [96, 96, 3, 2, 1, 96]
