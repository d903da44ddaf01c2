import torch
import torch.nn as nn


class Model(nn.Module):
    """Arc cosine, up to the ends of its domain."""

    def forward(self, x):
        return torch.acos(x)


def get_inputs():
    return [torch.empty(1, 32, 56, 56).uniform_(-1, 1)]


def get_init_inputs():
    return []
