import torch
import torch.nn as nn


class Model(nn.Module):
    """3x3 transposed convolution that spreads its windows."""

    def __init__(
        self, in_channels, out_channels, kernel_size, padding, dilation
    ):
        super().__init__()
        self.conv = nn.ConvTranspose2d(
            in_channels,
            out_channels,
            kernel_size,
            padding=padding,
            dilation=dilation,
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 24, 28, 28)]


def get_init_inputs():
    return [24, 24, 3, 2, 2]
