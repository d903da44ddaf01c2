import torch
import torch.nn as nn


class Model(nn.Module):
    """One 7x7 filter for each channel."""

    def __init__(
        self, in_channels, out_channels, kernel_size, padding, groups
    ):
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            padding=padding,
            groups=groups,
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 96, 28, 28)]


def get_init_inputs():
    return [96, 96, 7, 3, 96]
