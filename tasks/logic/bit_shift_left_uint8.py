import torch
import torch.nn as nn


class Model(nn.Module):
    """Bytes shifted towards the high bit."""

    def forward(self, a, b):
        return torch.bitwise_left_shift(a, b)


def get_inputs():
    return [
        torch.randint(0, 256, (1, 3, 384, 384), dtype=torch.uint8),
        torch.randint(0, 8, (1, 3, 384, 384), dtype=torch.uint8),
    ]


def get_init_inputs():
    return []
