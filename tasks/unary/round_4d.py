import torch
import torch.nn as nn


class Model(nn.Module):
    """Round to the nearest integer, halves to the even one."""

    def forward(self, x):
        return torch.round(x)


def get_inputs():
    return [torch.randint(-64, 65, (1, 64, 112, 112)) / 4]


def get_init_inputs():
    return []
