import torch
import torch.nn as nn


class Model(nn.Module):
    """Fully connected layer: x times the transposed weight, plus a bias."""

    def __init__(self, in_features, out_features):
        super().__init__()
        self.fc = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.fc(x)


def get_inputs():
    return [torch.randn(16, 576)]


def get_init_inputs():
    return [576, 1024]
