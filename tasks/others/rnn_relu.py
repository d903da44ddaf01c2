import torch
import torch.nn as nn


class Model(nn.Module):
    """One layer of a plain recurrent network with rectifiers."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.rnn = nn.RNN(input_size, hidden_size, nonlinearity="relu")

    def forward(self, x):
        y, h = self.rnn(x)
        return y.unsqueeze(1), h


def set_constants(model, constants):
    w_bias, r_bias = constants["B"][0].chunk(2)
    model.rnn.weight_ih_l0.data = constants["W"][0]
    model.rnn.weight_hh_l0.data = constants["R"][0]
    model.rnn.bias_ih_l0.data = w_bias
    model.rnn.bias_hh_l0.data = r_bias


def get_inputs():
    return [torch.randn(32, 8, 64)]


def get_init_inputs():
    return [64, 96]
