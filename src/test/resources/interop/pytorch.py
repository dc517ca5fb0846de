"""Writes what PyTorch's own exporter makes of small models, with inputs and PyTorch's outputs.

Run in this folder; needs torch (the files here are of 1.13 with onnx 1.12). For each model and opset
there is NAME-OPSET.onnx, and for each model NAME.safetensors with "x" and "y"; cnn-torch.safetensors
holds the state_dict of "cnn".
"""

import json
import struct

import torch
from torch import nn
from torch.nn import functional as F


def save(name, tensors):
    """What safetensors.torch.save_file does."""
    header, data = {}, b""
    for key, value in tensors.items():
        raw = value.detach().contiguous().numpy().astype("<f4").tobytes()
        header[key] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(name, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


class Residual(nn.Module):
    """A step of a ResNet: convolution, batch normalization, a way around, adaptive pooling."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(2, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.deep = nn.Conv2d(4, 4, 3, padding=1)
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        x = F.relu(self.norm(self.stem(x)))
        x = x + F.relu(self.deep(x))
        x = self.pool(x)
        return F.log_softmax(self.head(x.view(x.size(0), -1)), dim=1)


class Mobile(nn.Module):
    """Depthwise, grouped and dilated convolutions, ReLU6, hard swish, a mean over the pixels."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 6, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU6(),
            nn.Conv2d(6, 6, 3, padding=1, groups=6), nn.Hardswish(),
            nn.Conv2d(6, 4, 1, groups=2), nn.SiLU(),
            nn.Conv2d(4, 4, 3, padding=2, dilation=2), nn.PReLU(4),
            nn.ZeroPad2d((1, 0, 2, 1)), nn.Conv2d(4, 5, (3, 2), stride=(1, 2)), nn.Hardsigmoid())

    def forward(self, x):
        return self.body(x).mean([2, 3])


class Branches(nn.Module):
    """Poolings of several kinds beside each other, and a flattening with an open batch."""

    def forward(self, x):
        a = F.avg_pool2d(x, 3, stride=2, padding=1)
        b = F.max_pool2d(x, 3, stride=2, padding=1)
        c = F.avg_pool2d(x, 2, stride=2, ceil_mode=True, count_include_pad=False)
        y = torch.cat([a, b, c], dim=1)
        y = y.reshape(y.shape[0], y.shape[1] * y.shape[2], -1)
        return torch.flatten(y.permute(0, 2, 1), 1)


class Transformer(nn.Module):
    """A block of a transformer: layer normalization, attention of two heads, GELU."""

    def __init__(self, width=8, heads=2):
        super().__init__()
        self.heads = heads
        self.embed = nn.Linear(6, width)
        self.place = nn.Parameter(torch.randn(1, 5, width))
        self.first = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.second = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(width, 16), nn.GELU(), nn.Linear(16, width))
        self.head = nn.Linear(width, 3)

    def forward(self, x):
        x = self.embed(x) + self.place
        batch, length, width = x.shape
        heads = (batch, length, self.heads, width // self.heads)
        q, k, v = (part.view(heads).transpose(1, 2) for part in self.qkv(self.first(x)).chunk(3, dim=-1))
        scores = torch.softmax(q @ k.transpose(-2, -1) / (width // self.heads) ** 0.5, dim=-1)
        x = x + self.out((scores @ v).transpose(1, 2).reshape(batch, length, width))
        x = x + self.mlp(self.second(x))
        return self.head(x[:, 0])


def cnn(filters, side, hidden):
    """A CNN for MNIST."""
    pooled = (side - 4) // 2
    return nn.Sequential(
        nn.Conv2d(1, filters, 3), nn.ReLU(), nn.Conv2d(filters, 2 * filters, 3), nn.ReLU(),
        nn.MaxPool2d(2), nn.Dropout(0.25), nn.Flatten(),
        nn.Linear(2 * filters * pooled * pooled, hidden), nn.ReLU(), nn.Dropout(0.5), nn.Linear(hidden, 10))


def activations():
    return nn.Sequential(
        nn.Linear(7, 9), nn.LeakyReLU(0.1), nn.Linear(9, 9), nn.ELU(0.7), nn.Linear(9, 9), nn.Tanh(),
        nn.Linear(9, 9), nn.Softplus(), nn.BatchNorm1d(9), nn.Linear(9, 9), nn.Mish(), nn.Linear(9, 9), nn.SELU(),
        nn.Linear(9, 9), nn.Softsign(), nn.Linear(9, 9), nn.GELU(approximate="tanh"), nn.Linear(9, 9), nn.Hardtanh(),
        nn.Linear(9, 6), nn.Sigmoid(), nn.Softmax(dim=1))


class GroupNorm(nn.Module):
    """Group and instance normalization, which the exporter takes apart, and a layer normalization over pixels."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.group = nn.GroupNorm(2, 4)
        self.layer = nn.LayerNorm([4, 6, 6])

    def forward(self, x):
        return self.layer(F.gelu(self.group(self.conv(x)))).flatten(1)


MODELS = {
    "cnn": (cnn(2, 28, 4), (1, 28, 28)),
    "residual": (Residual(), (2, 7, 6)),
    "mobile": (Mobile(), (3, 11, 10)),
    "branches": (Branches(), (2, 7, 7)),
    "transformer": (Transformer(), (5, 6)),
    "activations": (activations(), (7,)),
    "group": (GroupNorm(), (1, 8, 8)),
}

if __name__ == "__main__":
    torch.manual_seed(1)
    for name, (model, shape) in MODELS.items():
        for module in model.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                nn.init.uniform_(module.running_mean, -0.5, 0.5)
                nn.init.uniform_(module.running_var, 0.5, 2)
            for parameter in module.parameters(recurse=False):
                if parameter.dim() == 1:
                    nn.init.uniform_(parameter, 0.2, 1)
        model.eval()
        x = torch.rand(4, *shape)
        save(name + ".safetensors", {"x": x, "y": model(x)})
        for opset in (13, 17):
            torch.onnx.export(
                model, x[:2], "%s-%d.onnx" % (name, opset), opset_version=opset, input_names=["x"],
                output_names=["y"], dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}})
    save("cnn-torch.safetensors", MODELS["cnn"][0].state_dict())
