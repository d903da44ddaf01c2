import torch
import torch.nn as nn


class Model(nn.Module):
    """Maximum of windows two high and three wide."""

    def __init__(self, kernel_size, stride, padding):
        super().__init__()
        self.pool = nn.MaxPool2d(kernel_size, stride=stride, padding=padding)

    def forward(self, x):
        return self.pool(x)


def get_inputs():
    return [torch.randn(1, 128, 56, 56)]


def get_init_inputs():
    return [(2, 3), (2, 1), (0, 1)]
