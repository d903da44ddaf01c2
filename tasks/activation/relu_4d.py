import torch
import torch.nn as nn


class Model(nn.Module):
    """Rectified linear unit on a feature map."""

    def forward(self, x):
        return torch.relu(x)


def get_inputs():
    return [torch.randn(1, 64, 112, 112)]


def get_init_inputs():
    return []
