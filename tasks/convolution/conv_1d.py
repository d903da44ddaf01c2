import torch
import torch.nn as nn


class Model(nn.Module):
    """Convolution of five samples of a signal."""

    def __init__(self, in_channels, out_channels, kernel_size, padding):
        super().__init__()
        self.conv = nn.Conv1d(
            in_channels, out_channels, kernel_size, padding=padding
        )

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(1, 64, 1024)]


def get_init_inputs():
    return [64, 64, 5, 2]
