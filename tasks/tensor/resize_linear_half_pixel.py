import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """Bilinear enlargement by two."""

    def forward(self, x):
        return F.interpolate(
            x, scale_factor=2, mode="bilinear", align_corners=False
        )


def get_inputs():
    return [torch.randn(1, 32, 40, 40)]


def get_init_inputs():
    return []
