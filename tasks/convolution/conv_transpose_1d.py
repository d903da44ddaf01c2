import torch
import torch.nn as nn


class Model(nn.Module):
    """Transposed convolution that makes a signal four times as long."""

    def __init__(
        self, in_channels, out_channels, kernel_size, stride, padding
    ):
        super().__init__()
        self.conv = nn.ConvTranspose1d(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=padding,
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 64, 256)]


def get_init_inputs():
    return [64, 32, 8, 4, 2]
