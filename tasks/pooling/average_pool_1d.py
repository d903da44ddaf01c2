import torch
import torch.nn as nn


class Model(nn.Module):
    """Moving mean of five samples of a signal."""

    def __init__(self, kernel_size, stride, padding):
        super().__init__()
        self.pool = nn.AvgPool1d(
            kernel_size, stride=stride, padding=padding, count_include_pad=False
        )

    def forward(self, x):
        return self.pool(x)


def get_inputs():
    return [torch.randn(4, 64, 1024)]


def get_init_inputs():
    return [5, 1, 2]
