import torch
import torch.nn as nn


class Model(nn.Module):
    """Spectrum of overlapping windows of a signal."""

    def __init__(self, frame_length, frame_step):
        super().__init__()
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.register_buffer("window", torch.hann_window(frame_length))

    def forward(self, signal):
        y = torch.stft(
            signal[:, :, 0],
            self.frame_length,
            hop_length=self.frame_step,
            window=self.window,
            center=False,
            onesided=True,
            return_complex=True,
        )
        return torch.view_as_real(y).transpose(1, 2).contiguous()


def get_inputs():
    return [torch.randn(1, 4096, 1)]


def get_init_inputs():
    return [256, 128]
