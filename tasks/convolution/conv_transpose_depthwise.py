import torch
import torch.nn as nn


class Model(nn.Module):
    """One 4x4 filter for each channel, to double the size."""

    def __init__(
        self, in_channels, out_channels, kernel_size, stride, padding, groups
    ):
        super().__init__()
        self.conv = nn.ConvTranspose2d(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=padding,
            groups=groups,
            bias=False,
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 64, 28, 28)]


def get_init_inputs():
    return [64, 64, 4, 2, 1, 64]
