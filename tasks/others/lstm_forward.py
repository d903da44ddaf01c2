import torch
import torch.nn as nn


class Model(nn.Module):
    """One layer of LSTM over a sequence, from a state of zeros."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size)

    def forward(self, x):
        y, (h, c) = self.lstm(x)
        return y.unsqueeze(1), h, c


def set_constants(model, constants):
    """ONNX orders the gates i, o, f, c; PyTorch i, f, c, o."""

    def gates(t):
        i, o, f, c = t.chunk(4)
        return torch.cat((i, f, c, o))

    w_bias, r_bias = constants["B"][0].chunk(2)
    model.lstm.weight_ih_l0.data = gates(constants["W"][0])
    model.lstm.weight_hh_l0.data = gates(constants["R"][0])
    model.lstm.bias_ih_l0.data = gates(w_bias)
    model.lstm.bias_hh_l0.data = gates(r_bias)


def get_inputs():
    return [torch.randn(32, 4, 64)]


def get_init_inputs():
    return [64, 64]
