import torch
import torch.nn as nn


class Model(nn.Module):
    """LSTM over a sequence from both ends at once."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, bidirectional=True)

    def forward(self, x):
        y, (h, c) = self.lstm(x)
        y = y.reshape(x.shape[0], x.shape[1], 2, -1).transpose(1, 2)
        return y.contiguous(), h, c


def set_constants(model, constants):
    """ONNX orders the gates i, o, f, c; PyTorch i, f, c, o."""

    def gates(t):
        i, o, f, c = t.chunk(4)
        return torch.cat((i, f, c, o))

    for direction, suffix in enumerate(("l0", "l0_reverse")):
        w_bias, r_bias = constants["B"][direction].chunk(2)
        values = {
            "weight_ih": constants["W"][direction],
            "weight_hh": constants["R"][direction],
            "bias_ih": w_bias,
            "bias_hh": r_bias,
        }
        for name, value in values.items():
            getattr(model.lstm, f"{name}_{suffix}").data = gates(value)


def get_inputs():
    return [torch.randn(50, 2, 48)]


def get_init_inputs():
    return [48, 48]
