import torch
import torch.nn as nn


class Model(nn.Module):
    """Numbers kept between zero and six."""

    def forward(self, x):
        return torch.clamp(x, 0, 6)


def get_inputs():
    return [torch.randn(1, 64, 112, 112)]


def get_init_inputs():
    return []
