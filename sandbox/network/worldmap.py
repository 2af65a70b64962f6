"""A small map of the world: land as a grid of dots, places as points. Pure; drawn as SVG.

The outlines are drawn by hand, coarse enough that a dot stands for 3 degrees. Plate carrée
projection from 75 degrees north to 57 south; y grows downwards.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 264
_STEP = 3
_NORTH, _SOUTH = 75.0, -57.0
_SCALE = WIDTH / 360
_ROWS = int((_NORTH - _SOUTH) / _STEP)

# Longitude and latitude of corners, clockwise or not.
_LAND: tuple[tuple[tuple[int, int], ...], ...] = (
    # North America
    (
        (-167, 66), (-156, 71), (-128, 70), (-95, 72), (-82, 68), (-94, 60), (-80, 52), (-77, 62),
        (-65, 59), (-56, 52), (-66, 45), (-70, 42), (-76, 35), (-81, 30), (-80, 25), (-84, 30),
        (-97, 28), (-97, 19), (-88, 21), (-87, 16), (-83, 10), (-78, 8), (-86, 12), (-97, 16),
        (-106, 23), (-114, 31), (-121, 35), (-124, 43), (-125, 49), (-136, 59), (-152, 59),
        (-163, 55), (-158, 60), (-166, 62),
    ),
    # Greenland, the Arctic islands, the Antilles
    ((-52, 75), (-58, 75), (-52, 66), (-44, 60), (-32, 68), (-20, 72), (-22, 75)),
    ((-120, 75), (-115, 70), (-90, 73), (-78, 72), (-64, 66), (-70, 70), (-82, 75)),
    ((-85, 22), (-77, 20), (-68, 18), (-72, 20), (-80, 23)),
    # South America
    (
        (-78, 8), (-72, 12), (-60, 9), (-50, 1), (-35, -6), (-39, -15), (-48, -26), (-57, -37),
        (-65, -43), (-68, -51), (-70, -55), (-74, -51), (-73, -38), (-70, -19), (-77, -13),
        (-81, -5), (-79, 2),
    ),
    # Iceland, Great Britain, Ireland
    ((-24, 65), (-15, 67), (-14, 64), (-22, 63)),
    ((-6, 50), (2, 51), (1, 53), (-3, 59), (-6, 58), (-3, 54)),
    ((-10, 52), (-6, 52), (-6, 55), (-9, 55)),
    # Europe and Asia
    (
        (-9, 37), (-9, 43), (-2, 44), (-5, 48), (4, 52), (9, 54), (8, 57), (11, 57), (12, 54),
        (20, 55), (24, 59), (30, 60), (22, 61), (25, 65), (18, 61), (18, 57), (13, 55), (11, 59),
        (6, 58), (5, 62), (14, 68), (26, 71), (41, 67), (44, 68), (68, 69), (72, 73), (81, 72),
        (104, 77), (140, 73), (180, 69), (178, 64), (163, 61), (163, 57), (156, 51), (155, 60),
        (142, 59), (135, 54), (141, 52), (131, 43), (127, 40), (129, 35), (126, 35), (124, 40),
        (118, 39), (122, 37), (119, 35), (122, 30), (117, 23), (108, 21), (109, 12), (105, 9),
        (101, 13), (104, 1), (98, 9), (94, 17), (89, 22), (80, 15), (78, 8), (73, 18), (70, 21),
        (66, 25), (57, 26), (50, 30), (52, 24), (59, 22), (52, 16), (44, 13), (35, 28), (36, 36),
        (27, 37), (26, 41), (22, 37), (19, 42), (13, 45), (18, 40), (16, 38), (9, 44), (3, 43),
        (-1, 37), (-5, 36),
    ),
    # Africa, Madagascar
    (
        (-6, 36), (10, 37), (11, 33), (20, 31), (33, 31), (37, 21), (43, 12), (51, 12), (40, -4),
        (40, -15), (35, -24), (27, -34), (18, -34), (12, -17), (13, -5), (9, 4), (-8, 4),
        (-17, 14), (-16, 22), (-10, 30),
    ),
    ((44, -16), (50, -14), (48, -25), (44, -24)),
    # Ceylon, Sumatra, Java, Borneo, Celebes, New Guinea, the Philippines, Taiwan
    ((80, 9), (82, 7), (80, 6)),
    ((95, 5), (106, -5), (104, -6), (98, 1)),
    ((105, -6), (115, -8), (113, -9), (106, -8)),
    ((109, 1), (117, 7), (119, 4), (115, -4), (110, -2)),
    ((119, 1), (125, 1), (121, -5), (120, -3)),
    ((131, -1), (141, -3), (150, -10), (143, -9), (133, -4)),
    ((120, 18), (122, 18), (126, 8), (123, 8)),
    # Japan
    ((130, 31), (136, 34), (141, 36), (142, 41), (146, 44), (141, 46), (140, 39), (132, 35)),
    # Australia, Tasmania, New Zealand
    (
        (114, -22), (122, -18), (130, -11), (136, -12), (140, -17), (142, -11), (146, -19),
        (153, -25), (150, -37), (140, -38), (131, -31), (116, -35), (113, -26),
    ),
    ((145, -41), (148, -41), (147, -44)),
    ((173, -35), (178, -38), (174, -41), (170, -46), (167, -46), (172, -41), (174, -38)),
)  # fmt: skip


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a place stands on the map, in its own units."""
    return round((longitude + 180) * _SCALE, 1), round((_NORTH - latitude) * _SCALE, 1)


@lru_cache(maxsize=1)
def land() -> str:
    """All dots as one SVG path: a stroke for each row of neighbours, to be dashed `0 6`."""
    return "".join(_row(_NORTH - _STEP * (row + 0.5)) for row in range(_ROWS))


def _row(latitude: float) -> str:
    parts: list[str] = []
    places = [-180 + _STEP * (column + 0.5) for column in range(360 // _STEP)]
    on_land = [any(_inside(one, latitude, outline) for outline in _LAND) for one in places]
    for dry, run in groupby(range(len(places)), key=on_land.__getitem__):
        columns = list(run)
        if dry:
            x, y = project(latitude, places[columns[0]])
            # A little longer than the way between the dots, so that the last one is drawn too.
            parts.append(f"M{x:g} {y:g}h{(len(columns) - 1) * _STEP * _SCALE + 0.1:g}")
    return "".join(parts)


def _inside(x: float, y: float, outline: tuple[tuple[int, int], ...]) -> bool:
    """Whether a point lies within: an odd number of edges is crossed on the way out."""
    inside = False
    before = outline[-1]
    for corner in outline:
        (x1, y1), (x2, y2) = before, corner
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
        before = corner
    return inside
