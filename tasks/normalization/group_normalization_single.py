import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """All channels normalized as one group with one scale."""

    def __init__(self, groups, eps):
        super().__init__()
        self.groups = groups
        self.weight = nn.Parameter(torch.rand(groups) + 0.5)
        self.bias = nn.Parameter(torch.rand(groups) - 0.5)
        self.eps = eps

    def forward(self, x):
        n = x.shape[1] // self.groups
        weight = self.weight.repeat_interleave(n)
        bias = self.bias.repeat_interleave(n)
        return F.group_norm(x, self.groups, weight, bias, self.eps)


def get_inputs():
    return [torch.randn(1, 32, 64, 64)]


def get_init_inputs():
    return [1, 0.001]
