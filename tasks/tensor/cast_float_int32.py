import torch
import torch.nn as nn


class Model(nn.Module):
    """Numbers cut to integers, towards zero."""

    def forward(self, x):
        return x.to(torch.int32)


def get_inputs():
    return [torch.empty(1, 64, 112, 112).uniform_(-1000, 1000)]


def get_init_inputs():
    return []
