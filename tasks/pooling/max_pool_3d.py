import torch
import torch.nn as nn


class Model(nn.Module):
    """Maximum of 2x2x2 blocks of a volume."""

    def __init__(self, kernel_size):
        super().__init__()
        self.pool = nn.MaxPool3d(kernel_size)

    def forward(self, x):
        return self.pool(x)


def get_inputs():
    return [torch.randn(1, 32, 16, 28, 28)]


def get_init_inputs():
    return [2]
