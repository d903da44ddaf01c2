import torch
import torch.nn as nn


class Model(nn.Module):
    """Batch normalization of a volume with running statistics."""

    def __init__(self, num_features, eps):
        super().__init__()
        self.bn = nn.BatchNorm3d(num_features, eps=eps)
        self.eval()

    def forward(self, x):
        return self.bn(x)


def get_inputs():
    return [torch.randn(1, 64, 16, 28, 28)]


def get_init_inputs():
    return [64, 0.001]
