import torch
import torch.nn as nn


class Model(nn.Module):
    """3x3 convolution that keeps the size of the feature map."""

    def __init__(self, in_channels, out_channels, kernel_size, stride, padding):
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels, out_channels, kernel_size, stride=stride, padding=padding
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 32, 56, 56)]


def get_init_inputs():
    return [32, 32, 3, 1, 1]
