import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    """Bilinear resizing that keeps the corners in place."""

    def forward(self, x):
        return F.interpolate(
            x, size=(129, 129), mode="bilinear", align_corners=True
        )


def get_inputs():
    return [torch.randn(1, 21, 33, 33)]


def get_init_inputs():
    return []
