import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """One of two values for each class; negative indices count from the end."""

    def forward(self, indices):
        hot = F.one_hot(indices % 256, 256)
        return torch.where(hot == 1, 2.7, -0.3)


def get_inputs():
    return [torch.randint(-256, 256, (16, 64))]


def get_init_inputs():
    return []
