import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """Bilinear reduction that takes in every pixel."""

    def forward(self, x):
        return F.interpolate(
            x, size=(40, 40), mode="bilinear", antialias=True
        )


def get_inputs():
    return [torch.randn(1, 8, 96, 96)]


def get_init_inputs():
    return []
