import torch
import torch.nn as nn


class Model(nn.Module):
    """Batch normalization of a sequence of channels with running statistics."""

    def __init__(self, num_features, eps):
        super().__init__()
        self.bn = nn.BatchNorm1d(num_features, eps=eps)
        self.eval()

    def forward(self, x):
        return self.bn(x)


def get_inputs():
    return [torch.randn(16, 128, 400)]


def get_init_inputs():
    return [128, 0.001]
