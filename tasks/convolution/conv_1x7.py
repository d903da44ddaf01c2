import torch
import torch.nn as nn


class Model(nn.Module):
    """Convolution along the rows."""

    def __init__(self, in_channels, out_channels, kernel_size, padding):
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels, out_channels, kernel_size, padding=padding
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 48, 28, 28)]


def get_init_inputs():
    return [48, 48, (1, 7), (0, 3)]
