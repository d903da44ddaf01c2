import torch
import torch.nn as nn


class Model(nn.Module):
    """Where the first integer is not the smaller one."""

    def forward(self, a, b):
        return torch.ge(a, b)


def get_inputs():
    return [
        torch.randint(-3005, -2994, (8, 196, 256), dtype=torch.int32),
        torch.randint(-3005, -2994, (1, 196, 256), dtype=torch.int32),
    ]


def get_init_inputs():
    return []
