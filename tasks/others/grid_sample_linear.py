import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """Bilinear samples of a feature map at given places; zero outside."""

    def forward(self, x, grid):
        return F.grid_sample(
            x, grid, mode="bilinear", padding_mode="zeros", align_corners=False
        )


def get_inputs():
    return [
        torch.randn(1, 16, 56, 56),
        torch.empty(1, 56, 56, 2).uniform_(-1.1, 1.1),
    ]


def get_init_inputs():
    return []
