import torch
import torch.nn as nn


class Model(nn.Module):
    """Bilinear form of two vectors for each output."""

    def forward(self, a, b, c):
        return torch.einsum("bn,anm,bm->ba", a, b, c)


def get_inputs():
    return [torch.randn(64, 48), torch.randn(32, 48, 48), torch.randn(64, 48)]


def get_init_inputs():
    return []
