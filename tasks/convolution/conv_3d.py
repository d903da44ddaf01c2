import torch
import torch.nn as nn


class Model(nn.Module):
    """3x3x3 convolution of a volume."""

    def __init__(self, in_channels, out_channels, kernel_size, padding):
        super().__init__()
        self.conv = nn.Conv3d(
            in_channels, out_channels, kernel_size, padding=padding
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 8, 8, 28, 28)]


def get_init_inputs():
    return [8, 16, 3, 1]
