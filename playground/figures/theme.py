"""Every colour and size of the figures, in one place. Nothing here depends on the page being light or dark.

Orange is negative, white is zero, blue is positive (TensorFlow Playground's colours, safe for colour-blind eyes).
Text and grid lines have no colour here: the browser takes them from the page's theme.
"""

NEGATIVE = "#f59322"
ZERO = "#ffffff"
POSITIVE = "#0877bd"

# Two classes are the two signs. The next three were searched for: the largest least difference (CIELAB) between any
# two of the five, as points and as regions, for usual, protanopic and deuteranopic eyes. The rest is for tables.
CLASSES = (
    NEGATIVE, POSITIVE, "#45c985", "#a84f70", "#1c1749", "#8c2d19", "#62bdf0", "#8f8a10", "#7a5bd0", "#b08d6e",
)  # fmt: skip

REGION_TONE = 0.62
"""How much of its class's colour the map has where the network is sure: points must stand out from it."""
UNSURE_TONE = 0.10
"""The same where it is as unsure as can be, for three classes and more."""

TRAIN = "#868e9c"
TEST = "#8a63ee"
FAINT = "#9aa1ad"
"""What is only context: the learning rate, diagonals, the line at a moment."""
LINE_POSITIVE = "#1f8cd6"
"""POSITIVE as a thin line on the bare page, light or dark."""
TRAIN_POINT = "#3f95d0"
"""Training points on the bare page, light or dark; on a map they have their class's colour and a white edge."""
FITTED = "#e8305f"
"""The fitted curve: neither sign, neither class, seen on light and dark."""

POINT_EDGE = "#ffffff"
TEST_EDGE = "#2f3440"
TEST_RING = "#868e9c"
"""The ring in a key, which stands on the page: seen on light and dark."""
POINT_SIZE = 6.5
SMALL_POINT_SIZE = 5
MARKED_SIZE = 10
RING_SIZE = 15
MOST_POINTS = 1000
"""Points drawn of each part on a map. While only the map moves the browser repaints it alone, and they cost nothing."""
MOST_POINTS_BY_PLOTLY = 500
"""The same where Plotly draws every frame: 100 points cost it 2 to 3 ms."""

LAYERS = ("#d0356f", "#9b5be0", "#3f83e6", "#14a0a0", "#86b32d")
"""The first layer, ..., the last one, and what lies between: by depth, on light and dark; ever lighter for whom hues
are hard to tell apart."""
WEIGHT_POSITIVE = "#1f8cd6"
"""POSITIVE where it fades into the bare page."""

FONT_SIZE = 11
KEY_SIZE = 15
"""The signs in the row of keys, larger than its text: a colour needs room to be seen."""
CLEAR = "rgba(0,0,0,0)"

ColourScale = list[list[float | str]]


def class_colour(index: int) -> str:
    """The colour of class `index`; after the last they begin again."""
    return CLASSES[index % len(CLASSES)]


def key_colour(index: int) -> str:
    """The colour of class `index` in a row of keys: as on the map where its own would be lost on a dark page."""
    colour = class_colour(index)
    return mix(colour, REGION_TONE) if max(channels(colour)) < 96 else colour


def layer_colour(index: int, count: int) -> str:
    """The colour of layer `index` of `count`, from the first one's to the last one's."""
    place = index / max(count - 1, 1) * (len(LAYERS) - 1)
    before = min(int(place), len(LAYERS) - 2)
    return mix(LAYERS[before + 1], place - before, LAYERS[before])


def faded(colour: str, strength: float) -> str:
    """The colour "#rrggbb" with so much of it covering what lies below."""
    return "rgba({}, {}, {}, {:g})".format(*channels(colour), strength)


def mix(colour: str, share: float, ground: str = ZERO) -> str:
    """`share` of `colour` in `ground`, both "#rrggbb"; 1 is the colour itself."""
    pairs = zip(channels(colour), channels(ground), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of "#rrggbb", 0 to 255."""
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


DIVERGING: ColourScale = [[0.0, NEGATIVE], [0.5, ZERO], [1.0, POSITIVE]]
"""-1 to +1: neurons, weights, values of points."""

FADING: ColourScale = [
    [0.0, NEGATIVE],
    [0.5, faded(NEGATIVE, 0.0)],
    [0.5, faded(WEIGHT_POSITIVE, 0.0)],
    [1.0, WEIGHT_POSITIVE],
]
"""-1 to +1 where zero is nothing at all: the page is seen through it."""

REGION_DIVERGING: ColourScale = [[0.0, mix(NEGATIVE, REGION_TONE)], [0.5, ZERO], [1.0, mix(POSITIVE, REGION_TONE)]]
"""-1 to +1 as a ground on which points lie."""


def class_scale(count: int) -> ColourScale:
    """Colour scale of points whose number is their class, from -0.5 to count - 0.5: solid steps."""
    steps = [([k / count, class_colour(k)], [(k + 1) / count, class_colour(k)]) for k in range(count)]
    return [stop for pair in steps for stop in pair]


def region_levels(count: int) -> int:
    """How many shades, from unsure to sure, each of `count` classes gets in a map of 8 bits."""
    return max(1, 256 // count)


def region_scale(count: int) -> ColourScale:
    """Colour scale of a map whose integers are class * levels + shade, from 0 to count * levels - 1.

    Between two classes the scale jumps where no integer lies, so that no map value can take a wrong class's colour.
    """
    levels = region_levels(count)
    last = max(count * levels - 1, 1)
    scale = []
    for k in range(count):
        unsure, sure = mix(class_colour(k), UNSURE_TONE), mix(class_colour(k), REGION_TONE)
        scale += [[k * levels / last, unsure if levels > 1 else sure], [(k * levels + levels - 1) / last, sure]]
    scale[0][0], scale[-1][0] = 0.0, 1.0
    return scale


def plain_layout(uirevision: str, description: str, **more: object) -> dict:
    """What every figure's layout starts from.

    description: one sentence for screen readers; uirevision: while it stays, so does a person's zoom.
    """
    return {
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"size": FONT_SIZE},
        "uirevision": uirevision,
        "meta": {"description": description},
        "showlegend": False,  # `keys.key_row` says what the colours mean, in half the room
        "hovermode": "closest",
        **more,
    }


TERRAIN: ColourScale = [
    [0.0, "#1b2a6b"],
    [0.15, "#20559a"],
    [0.32, "#1f8299"],
    [0.5, "#3fa985"],
    [0.68, "#9ac765"],
    [0.84, "#ecd36a"],
    [1.0, "#fbf3c4"],
]
"""Heights, from the bottom of a valley to a peak: ever lighter, so that it is read without colours, too."""
CONTOUR_LINE = "#16324f"
"""Lines of equal height on a surface."""
PATH = "#e8305f"
"""The way of a run through a landscape, seen on every height."""

RACERS = ("#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7", "#0072b2")
"""The racers of a race, told apart by usual, protanopic and deuteranopic eyes (Okabe and Ito 2008)."""
GROUND: ColourScale = [[0.0, "#2c3a52"], [0.3, "#5d6f88"], [0.65, "#a3b0c1"], [1.0, "#e3e8ee"]]
"""Heights where the colours are the racers': slate, from a dark valley to a light peak."""
