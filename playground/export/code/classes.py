"""Classes of a script's network that PyTorch does not have, as source."""

from __future__ import annotations

SINE = '''
class Sine(nn.Module):
    """sin(frequency * x) (Sitzmann et al. 2020)."""

    def __init__(self, frequency=1.0):
        super().__init__()
        self.frequency = frequency

    def forward(self, x):
        return torch.sin(self.frequency * x)
'''

BATCH_NORM = '''
class BatchNorm(nn.BatchNorm1d):
    """Batch norm that takes a batch of one sample, too: by the running mean and variance."""

    def forward(self, x):
        if len(x) > 1 or not self.training:
            return super().forward(x)
        mean, var = self.running_mean, self.running_var
        norm = nn.functional.batch_norm
        return norm(x, mean, var, self.weight, self.bias, eps=self.eps)
'''

DROPOUT = '''
class Dropout(nn.Module):
    """Sets a share p of the values to zero in training and scales up the others.

    Which ones is a hash of seed, layer, step and place: a run can be repeated exactly.
    """

    step = 0  # of training; the training loop counts it up

    def __init__(self, p, *path):
        super().__init__()
        self.p = p
        self.key = seed_for(SEED, "dropout", *path)

    def forward(self, x):
        if not self.training:
            return x
        return x * self.kept(x) * (1 / (1 - self.p))

    def kept(self, x):
        low, high = self.key & 0xFFFFFFFF, self.key >> 32
        start = mix(mix(low ^ Dropout.step) ^ high)
        place = torch.arange(x.numel()).view(x.shape)
        return mix(start + place * 0x9E3779B1 & 0xFFFFFFFF) >= int(self.p * 2**32)
'''

DROPOUT_2D = '''
class Dropout2d(Dropout):
    """Sets whole channels to zero: neighbouring pixels say much the same."""

    def kept(self, x):
        return super().kept(x[:, :, :1, :1])
'''

BATCH_NORM_2D = '''
class BatchNorm2d(nn.BatchNorm2d):
    """Batch norm that takes a single pixel, too: by the running mean and variance."""

    def forward(self, x):
        if x.numel() > x.shape[1] or not self.training:
            return super().forward(x)
        mean, var = self.running_mean, self.running_var
        norm = nn.functional.batch_norm
        return norm(x, mean, var, self.weight, self.bias, eps=self.eps)
'''

FLAT_LINEAR = '''
class FlatLinear(nn.Linear):
    """A linear layer over all pixels of all channels."""

    def forward(self, x):
        return super().forward(x.flatten(1))
'''

SEPARABLE = '''
class SeparableConv2d(nn.Module):
    """A filter for each channel, then a mixture at every pixel (Chollet 2017)."""

    def __init__(self, inputs, outputs, kernel_size, bias=True, **window):
        super().__init__()
        groups = {"groups": inputs, "bias": False}
        self.depthwise = nn.Conv2d(inputs, inputs, kernel_size, **groups, **window)
        self.pointwise = nn.Conv2d(inputs, outputs, 1, bias=bias)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))
'''

RESIDUAL = '''
class Residual(nn.Module):
    """x + F(x): its layers only have to learn what to change (He et al. 2016)."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)
'''

PROJECTED = '''
class Residual(nn.Module):
    """x + F(x); where F changes the size, x goes through a layer of its own."""

    def __init__(self, *layers, shortcut=None):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.shortcut = shortcut or nn.Identity()

    def forward(self, x):
        return self.shortcut(x) + self.layers(x)
'''
