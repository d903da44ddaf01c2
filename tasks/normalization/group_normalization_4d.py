import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """Channels normalized in groups; ONNX has one scale per group."""

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
    return [torch.randn(1, 64, 56, 56)]


def get_init_inputs():
    return [8, 0.001]
