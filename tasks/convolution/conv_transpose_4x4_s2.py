import torch
import torch.nn as nn


class Model(nn.Module):
    """4x4 transposed convolution that doubles the size of the feature map."""

    def __init__(self, in_channels, out_channels, kernel_size, stride, padding):
        super().__init__()
        self.conv = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size, stride=stride, padding=padding
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 32, 28, 28)]


def get_init_inputs():
    return [32, 16, 4, 2, 1]
