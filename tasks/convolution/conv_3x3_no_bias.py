import torch
import torch.nn as nn


class Model(nn.Module):
    """3x3 convolution without a bias or a border."""

    def __init__(self, in_channels, out_channels, kernel_size):
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels, out_channels, kernel_size, bias=False
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 48, 30, 30)]


def get_init_inputs():
    return [48, 48, 3]
