import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """Maximum of 3x3 windows, padded after the end of even sizes."""

    def __init__(self, kernel_size, stride):
        super().__init__()
        self.pool = nn.MaxPool2d(kernel_size, stride=stride)

    def forward(self, x):
        x = F.pad(x, (0, 1, 0, 1), value=float("-inf"))
        return self.pool(x)


def get_inputs():
    return [torch.randn(1, 128, 56, 56)]


def get_init_inputs():
    return [3, 2]
