import torch
import torch.nn as nn


class Model(nn.Module):
    """5x5 convolution of every second pixel."""

    def __init__(
        self, in_channels, out_channels, kernel_size, stride, padding
    ):
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=padding,
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 16, 56, 56)]


def get_init_inputs():
    return [16, 32, 5, 2, 2]
