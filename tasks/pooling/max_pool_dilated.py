import torch
import torch.nn as nn


class Model(nn.Module):
    """Maximum of nine pixels two apart."""

    def __init__(self, kernel_size, stride, padding, dilation):
        super().__init__()
        self.pool = nn.MaxPool2d(
            kernel_size, stride=stride, padding=padding, dilation=dilation
        )

    def forward(self, x):
        return self.pool(x)


def get_inputs():
    return [torch.randn(1, 64, 56, 56)]


def get_init_inputs():
    return [3, 1, 2, 2]
