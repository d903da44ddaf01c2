import torch
import torch.nn as nn


class Model(nn.Module):
    """Remainder of numbers, with the sign of the dividend."""

    def forward(self, a, b):
        return torch.fmod(a, b)


def get_inputs():
    return [
        torch.empty(196, 512).uniform_(-100, 100),
        torch.empty(196, 512).uniform_(0.5, 7),
    ]


def get_init_inputs():
    return []
