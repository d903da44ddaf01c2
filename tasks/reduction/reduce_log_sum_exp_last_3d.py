import torch
import torch.nn as nn


class Model(nn.Module):
    """Soft maximum over the last axis, of numbers up to a hundred."""

    def forward(self, x):
        return torch.logsumexp(x, dim=-1)


def get_inputs():
    return [torch.randn(4, 196, 256)]


def get_init_inputs():
    return []
