import torch
import torch.nn as nn


class Model(nn.Module):
    """Soft maximum over the channels."""

    def forward(self, x):
        return torch.logsumexp(x, dim=1, keepdim=True)


def get_inputs():
    return [torch.randn(1, 32, 64, 64)]


def get_init_inputs():
    return []
