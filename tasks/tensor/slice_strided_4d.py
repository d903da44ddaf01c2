import torch
import torch.nn as nn


class Model(nn.Module):
    """Every second row, and every second column from the next."""

    def forward(self, x):
        return x[:, :, ::2, 1::2].contiguous()


def get_inputs():
    return [torch.randn(1, 32, 112, 112)]


def get_init_inputs():
    return []
