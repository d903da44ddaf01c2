import torch
import torch.nn as nn


class Model(nn.Module):
    """One layer of GRU over a sequence, from a state of zeros."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.gru = nn.GRU(input_size, hidden_size)

    def forward(self, x):
        y, h = self.gru(x)
        return y.unsqueeze(1), h


def set_constants(model, constants):
    """ONNX orders the gates z, r, h; PyTorch r, z, n."""

    def gates(t):
        z, r, h = t.chunk(3)
        return torch.cat((r, z, h))

    w_bias, r_bias = constants["B"][0].chunk(2)
    model.gru.weight_ih_l0.data = gates(constants["W"][0])
    model.gru.weight_hh_l0.data = gates(constants["R"][0])
    model.gru.bias_ih_l0.data = gates(w_bias)
    model.gru.bias_hh_l0.data = gates(r_bias)


def get_inputs():
    return [torch.randn(32, 4, 64)]


def get_init_inputs():
    return [64, 64]
