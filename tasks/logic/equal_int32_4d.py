import torch
import torch.nn as nn


class Model(nn.Module):
    """Where two integer tensors agree."""

    def forward(self, a, b):
        return torch.eq(a, b)


def get_inputs():
    return [
        torch.randint(-3005, -2994, (1, 32, 112, 112), dtype=torch.int32),
        torch.randint(-3005, -2994, (1, 32, 112, 112), dtype=torch.int32),
    ]


def get_init_inputs():
    return []
