import torch
import torch.nn as nn


class Model(nn.Module):
    """The five best classes of every picture, in order."""

    def forward(self, x):
        values, indices = torch.topk(x, 5, dim=-1)
        return values, indices


def get_inputs():
    return [torch.randn(128, 1000)]


def get_init_inputs():
    return []
