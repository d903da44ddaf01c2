import torch
import torch.nn as nn


class Model(nn.Module):
    """3x3 transposed convolution that doubles the size, to the last row."""

    def __init__(
        self, in_channels, out_channels, kernel_size, stride, padding, output_padding
    ):
        super().__init__()
        self.conv = nn.ConvTranspose2d(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=padding,
            output_padding=output_padding,
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 32, 28, 28)]


def get_init_inputs():
    return [32, 32, 3, 2, 1, 1]
