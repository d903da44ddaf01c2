import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """Nearest pixels at given places; the outermost ones outside."""

    def forward(self, x, grid):
        return F.grid_sample(
            x, grid, mode="nearest", padding_mode="border", align_corners=True
        )


def get_inputs():
    return [
        torch.randn(1, 16, 48, 48),
        torch.empty(1, 40, 40, 2).uniform_(-1.2, 1.2),
    ]


def get_init_inputs():
    return []
