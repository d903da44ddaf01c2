import torch
import torch.nn as nn


class Model(nn.Module):
    """Numbers kept below a bound; there is no lower one."""

    def forward(self, x):
        return torch.clamp(x, max=0.35)


def get_inputs():
    return [torch.randn(16, 196, 256)]


def get_init_inputs():
    return []
