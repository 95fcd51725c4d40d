"""Colours: seen by everybody, on paper and screens."""

from itertools import combinations

import numpy as np
import pytest

from sim.report import palette

# What is seen with no cones of one kind: Machado, Oliveira, Fernandes, IEEE TVCG 15 (2009), severity 1.
SEEN = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
    "all cones": np.eye(3),
}
XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
WHITE = (0.95047, 1.0, 1.08883)
FAR = 18.0  # CIE 1976 difference; 2.3 is just noticeable


def lab(colour, seen):
    """A colour as it is seen, in CIELAB (1976)."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = np.array(XYZ) @ np.clip(np.array(seen) @ linear, 0, 1) / WHITE
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", palette.THEMES)
@pytest.mark.parametrize("eyes", SEEN)
@pytest.mark.parametrize("kind", ["series", "phases"])
def test_colours_differ_for_all_eyes(theme, eyes, kind):
    """No two colours of series, or of phases, look alike with any kind of colour blindness."""
    colours = palette.SERIES[theme] if kind == "series" else tuple(palette.PHASES[theme].values())
    seen = [lab(colour, SEEN[eyes]) for colour in colours]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > FAR


@pytest.mark.parametrize("theme", palette.THEMES)
def test_colours_stand_out_from_their_ground(theme):
    """Marks contrast by 3 to 1 and words by 4.5 to 1, on the ground and on panels."""
    assert min(palette.contrast(colour, palette.GROUND[theme]) for colour in palette.SERIES[theme]) >= 2.99
    words = (palette.INK, palette.MUTED, palette.FAULT)
    for colour in (*(one[theme] for one in words), *palette.VERDICTS[theme].values()):
        for ground in (palette.GROUND[theme], palette.PANEL[theme]):
            assert palette.contrast(colour, ground) >= 4.5, colour


def test_words_can_be_read_on_every_mark():
    """Black or white has enough contrast on each colour that is filled."""
    for theme in palette.THEMES:
        for colour in (*palette.SERIES[theme], *palette.PHASES[theme].values()):
            assert palette.contrast(palette.readable_on(colour), colour) >= 4.5


def test_contrast_is_that_of_the_standard():
    """Black on white is 21, and a colour on itself 1."""
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert palette.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=1e-3)
