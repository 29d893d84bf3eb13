"""Images that a person can pick, and how each is changed a little whenever the network sees it. `playground.data` has
them as flat rows of pixels, channel first."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from playground.experiment.data_basis import Data, label_noise_share
from playground.experiment.entry import Model, parameter
from playground.settings import settings

SMALLEST, LARGEST = 8, 64
"""Pixels on a side that a person's own images may be brought to."""


class Augmentation(Model):
    """How the images of the training part vary: drawn anew for every image in every epoch. All off by default.

    What is drawn is uniform, as far each way as is said here. What comes in from beyond an image's edge is the edge.
    """

    shift: float = parameter(
        0.0,
        label="Shift",
        help="How far an image is moved at most, each way, as a share of its side.",
        ge=0.0,
        le=0.5,
        step=0.05,
    )
    rotate: float = parameter(
        0.0,
        label="Rotate",
        help="How far an image is turned at most, either way, in degrees.",
        ge=0.0,
        le=180.0,
        step=5.0,
    )
    zoom: float = parameter(
        0.0,
        label="Zoom",
        help="How much larger or smaller an image gets at most: 0.2 is up to 20 % larger, or as much smaller.",
        ge=0.0,
        le=1.0,
        step=0.05,
    )
    flip: bool = parameter(
        False, label="Flip", help="Mirrors every other image left to right. Not for digits: a mirrored 2 is none."
    )
    noise: float = parameter(
        0.0,
        label="Noise",
        help="Normal noise on every pixel; 1 is as much as the pixels themselves vary.",
        ge=0.0,
        le=2.0,
        step=0.05,
    )
    cutout: float = parameter(
        0.0,
        label="Cutout",
        help="Side of a square that is blanked out somewhere, as a share of the image's (DeVries and Taylor 2017).",
        ge=0.0,
        le=0.9,
        step=0.05,
    )

    @property
    def moves(self) -> bool:
        """Whether pixels change their places by more than a mirror."""
        return bool(self.shift or self.rotate or self.zoom)

    @property
    def off(self) -> bool:
        """Whether images stay as they are."""
        return not (self.moves or self.flip or self.noise or self.cutout)


class Images(Data):
    """Images of classes. Every pixel is an input, standardised with its channel's mean and deviation in the training
    part. The test part is never augmented."""

    task = "classification"
    family = "image"
    test_fraction: float = parameter(
        0.2, label="Test part", help="Share of the images kept back to test on.", ge=0.05, le=0.95, step=0.05
    )
    label_noise: float = label_noise_share()
    augment: Augmentation = Field(
        default=Augmentation(),
        title="Augmentation",
        description="How training images vary each time the network sees them.",
    )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height, width."""
        raise NotImplementedError


class Fixed(Images):
    """Images whose size is what it is."""

    size: ClassVar[tuple[int, int, int]]

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.size


class Counted(Fixed):
    """So many images of a larger set."""

    samples: int


def sample_count(default: int, most: int, size: tuple[int, int, int]) -> int:
    """How many of `most` images of this size are used; no more than this server takes."""
    channels, height, width = size
    room = settings.image_values // (channels * height * width)
    return parameter(
        min(default, room),
        label="Images",
        help="How many images are used, training and test together.",
        ge=100,
        le=max(100, min(most, room)),
        step=500,
    )


class Digits(Fixed):
    kind: Literal["digits"]
    size = (1, 8, 8)
    label = "Small digits"
    about = "1,797 handwritten digits of 8 × 8 pixels (Alpaydin and Kaynak 1998): tiny, so that everything is quick."


class MNIST5k(Counted):
    kind: Literal["mnist_5k"]
    size = (1, 28, 28)
    samples: int = sample_count(5_000, 5_000, size)
    label = "MNIST, 5,000"
    about = "500 of each handwritten digit out of MNIST (LeCun et al. 1998), 28 × 28 pixels: what LeNet was made for."


class Shapes(Counted):
    kind: Literal["shapes"]
    size = (3, 28, 28)
    samples: int = sample_count(3_000, settings.max_samples, size)
    by: Literal["shape", "texture", "colour"] = parameter(
        "shape",
        label="Classes",
        help="What makes the classes: the outline, the texture inside or the colour; the rest is chance.",
    )
    noise: float = parameter(
        0.1, label="Noise", help="Noise on every pixel; black to white is 1.", ge=0.0, le=0.5, step=0.05
    )
    label = "Shapes and textures"
    about = "Coloured shapes with textures, drawn by chance; outline, texture or colour makes the classes."


class Downloaded(Counted):
    """Images that have to be brought to the server once; see `playground.data.download`. Test images are taken from
    those that were published to test on."""


class MNIST(Downloaded):
    kind: Literal["mnist"]
    size = (1, 28, 28)
    samples: int = sample_count(10_000, 70_000, size)
    label = "MNIST, all"
    about = "70,000 handwritten digits of 28 × 28 pixels (LeCun et al. 1998). To be downloaded once, 11 MB."


class FashionMNIST(Downloaded):
    kind: Literal["fashion_mnist"]
    size = (1, 28, 28)
    samples: int = sample_count(10_000, 70_000, size)
    label = "Fashion-MNIST"
    about = "70,000 pieces of clothing in MNIST's format, harder (Xiao et al. 2017). To be downloaded once, 29 MB."


class CIFAR10(Downloaded):
    kind: Literal["cifar10"]
    size = (3, 32, 32)
    samples: int = sample_count(10_000, 60_000, size)
    label = "CIFAR-10"
    about = "Small colour photographs of ten things (Krizhevsky 2009). To be downloaded once, 162 MB."


class OwnImages(Images):
    """A person's own images. They stay on the server under their SHA-256; the experiment names them by it."""

    kind: Literal["images"]
    images: str = Field(
        title="Images", description="SHA-256 of the images as they are kept.", pattern=r"^[0-9a-f]{64}$"
    )
    name: str = Field(default="images", title="Name", description="What was uploaded.", max_length=100)
    size: int = parameter(
        32, label="Size", help="Pixels on each side that every image is brought to.", ge=SMALLEST, le=LARGEST, step=4
    )
    fit: Literal["crop", "pad"] = parameter(
        "crop",
        label="Make square",
        help="Crop cuts off what stands out on the longer side; pad keeps it and fills up the shorter side.",
    )
    colour: bool = parameter(True, label="Colour", help="Three channels, or one of grey.")
    balance: bool = parameter(
        False,
        label="Balance classes",
        help="Repeats images of the rarer classes in the training part until all are equally common.",
    )
    label = "Your own images"
    about = "Images of yours: a zip with a folder for each class, or files sorted by hand."

    @property
    def shape(self) -> tuple[int, int, int]:
        return 3 if self.colour else 1, self.size, self.size


IMAGES = (Digits, MNIST5k, Shapes, MNIST, FashionMNIST, CIFAR10, OwnImages)
