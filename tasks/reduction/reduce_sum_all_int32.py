import torch
import torch.nn as nn


class Model(nn.Module):
    """Sum of all integers, a scalar."""

    def forward(self, x):
        return torch.sum(x, dtype=torch.int32)


def get_inputs():
    return [torch.randint(-1000, 1001, (32, 112, 112), dtype=torch.int32)]


def get_init_inputs():
    return []
