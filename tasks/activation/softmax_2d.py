import torch
import torch.nn as nn


class Model(nn.Module):
    """Probabilities of a thousand classes for a batch of pictures."""

    def forward(self, x):
        return torch.softmax(x, dim=-1)


def get_inputs():
    return [torch.randn(192, 1000)]


def get_init_inputs():
    return []
