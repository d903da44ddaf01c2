import torch
import torch.nn as nn


class Model(nn.Module):
    """2x2 transposed convolution; its windows do not overlap."""

    def __init__(self, in_channels, out_channels, kernel_size, stride):
        super().__init__()
        self.conv = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size, stride=stride
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 64, 28, 28)]


def get_init_inputs():
    return [64, 32, 2, 2]
