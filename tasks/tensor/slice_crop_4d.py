import torch
import torch.nn as nn


class Model(nn.Module):
    """The feature map without a border of four."""

    def forward(self, x):
        return x[:, :, 4:-4, 4:-4].contiguous()


def get_inputs():
    return [torch.randn(1, 128, 64, 64)]


def get_init_inputs():
    return []
