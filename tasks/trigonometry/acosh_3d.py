import torch
import torch.nn as nn


class Model(nn.Module):
    """Inverse hyperbolic cosine, from one up."""

    def forward(self, x):
        return torch.acosh(x)


def get_inputs():
    return [1 + torch.rand(4, 196, 128) * 9]


def get_init_inputs():
    return []
