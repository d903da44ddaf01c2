import torch
import torch.nn as nn


class Model(nn.Module):
    """Rectifier with one learned slope."""

    def __init__(self):
        super().__init__()
        self.prelu = nn.PReLU()

    def forward(self, x):
        return self.prelu(x)


def get_inputs():
    return [torch.randn(8, 196, 256)]


def get_init_inputs():
    return []
