import torch
import torch.nn as nn


class Model(nn.Module):
    """Inverse hyperbolic tangent, close to the ends of its domain."""

    def forward(self, x):
        return torch.atanh(x)


def get_inputs():
    return [torch.empty(1, 32, 56, 56).uniform_(-0.99, 0.99)]


def get_init_inputs():
    return []
