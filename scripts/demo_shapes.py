# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the demo's shapes as plain numbers; no bpy.

Lengths are Blender units, Z is up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float, float]
Profile = Sequence[tuple[float, float]]
"""(radius, height) pairs."""

# Outside from the foot up, over the lip, and down inside.
VASE = [(0, 0), (.3, 0), (.34, 0), (.36, .03), (.46, .25), (.56, .55), (.54, .88), (.38, 1.2),
        (.2, 1.45), (.165, 1.62), (.18, 1.78), (.25, 1.9), (.255, 1.925), (.235, 1.93),
        (.16, 1.79), (.14, 1.62), (.17, 1.45), (.3, 1.2), (.3, .9)]  # fmt: skip
BOWL = [(0, .02), (.2, .02), (.22, 0), (.25, 0), (.27, .04), (.42, .12), (.6, .3), (.66, .47),
        (.665, .49), (.645, .495), (.58, .33), (.4, .17), (.2, .11), (0, .1)]  # fmt: skip
CUP = [(0, .01), (.2, .01), (.23, 0), (.28, .02), (.32, .1), (.345, .3), (.35, .55), (.355, .59),
       (.345, .605), (.325, .59), (.315, .3), (.28, .12), (.2, .07), (0, .06)]  # fmt: skip
BOTTLE = [(0, 0), (.26, 0), (.31, .01), (.34, .05), (.36, .3), (.355, .55), (.27, .74), (.12, .86),
          (.085, .96), (.08, 1.15), (.1, 1.21), (.115, 1.23), (.1, 1.245), (.065, 1.21),
          (.055, 1.1)]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A mesh.

    :param faces: corners as indices into ``vertices``.
    :param uvs: one pair per vertex.
    """

    vertices: list[Point]
    faces: list[tuple[int, ...]]
    uvs: list[tuple[float, float]]
    is_smooth: bool = True


def pot(profile: Profile) -> Shape:
    """Throw a pot: the profile's points become a soft curve."""
    return lathe(_soft_curve(profile))


def lathe(profile: Profile, segments: int = 72) -> Shape:
    """Turn a profile around Z; U runs around, V along the profile."""
    rows = len(profile)
    angles = [math.tau * i / segments for i in range(segments + 1)]
    lengths = [0.0]
    for (r0, z0), (r1, z1) in zip(profile, profile[1:], strict=False):
        lengths.append(lengths[-1] + math.hypot(r1 - r0, z1 - z0))
    return Shape(
        [(r * math.cos(a), r * math.sin(a), z) for a in angles for r, z in profile],
        [
            (i * rows + j, (i + 1) * rows + j, (i + 1) * rows + j + 1, i * rows + j + 1)
            for i in range(segments)
            for j in range(rows - 1)
        ],
        [(i / segments, length / lengths[-1]) for i in range(segments + 1) for length in lengths],
    )


def ball(rows: int = 32) -> Shape:
    """Return a sphere of radius 1 around the origin."""
    angles = [math.pi * i / rows for i in range(rows + 1)]
    return lathe([(math.sin(a), -math.cos(a)) for a in angles])


def plinth(radius: float, height: float, edge: float = 0.03) -> Shape:
    """Return a cylinder that stands on the origin, its upper edge a little rounded."""
    angles = [math.pi / 2 * i / 5 for i in range(5, -1, -1)]
    rounded = [
        (radius - edge + edge * math.sin(a), height - edge + edge * math.cos(a)) for a in angles
    ]
    return lathe([(radius, 0.0), *rounded, (0.0, height)])


def handle(sides: int = 16) -> Shape:
    """Return the handle of a :data:`CUP`: a bent tube in the XZ plane, open at its ends."""
    path = [
        (0.33 + 0.2 * math.sin(math.pi * i / 16), 0.31 - 0.18 * math.cos(math.pi * i / 16))
        for i in range(17)
    ]
    radius = 0.05
    vertices = []
    for index, (x, z) in enumerate(path):
        before, after = path[max(index - 1, 0)], path[min(index + 1, len(path) - 1)]
        dx, dz = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dz)
        for a in (math.tau * side / sides for side in range(sides)):
            across = radius * math.cos(a)
            vertices.append(
                (x - across * dz / length, radius * math.sin(a), z + across * dx / length)
            )
    faces: list[tuple[int, ...]] = []
    for i in range(0, len(vertices) - sides, sides):
        for j in range(sides):
            k = (j + 1) % sides
            faces.append((i + j, i + k, i + sides + k, i + sides + j))
    return Shape(vertices, faces, [(0.5, 0.5)] * len(vertices))


def arch(width: float, height: float, depth: float = 0.35) -> Shape:
    """Return a slab with a round top that stands on the origin, its front at Y 0."""
    radius = width / 2
    angles = [math.pi * i / 40 for i in range(41)]
    top = [(radius * math.cos(a), height - radius + radius * math.sin(a)) for a in angles]
    outline = [(-radius, 0.0), (radius, 0.0), *top]
    count = len(outline)
    faces: list[tuple[int, ...]] = [
        (i, (i + 1) % count, count + (i + 1) % count, count + i) for i in range(count)
    ]
    faces += [tuple(reversed(range(count))), tuple(range(count, 2 * count))]
    vertices = [(x, y, z) for y in (0.0, depth) for x, z in outline]
    return Shape(vertices, faces, [(0.5, 0.5)] * len(vertices), is_smooth=False)


def backdrop() -> Shape:
    """Return a studio's floor that bends up into a wall, 24 wide."""
    angles = [math.pi / 2 * i / 12 for i in range(13)]
    bend = [(3.2 + 2 * math.sin(a), 2 - 2 * math.cos(a)) for a in angles]
    profile = [(-9.0, 0.0), *bend, (5.2, 9.0)]
    vertices = [(x, y, z) for x in (-12.0, 12.0) for y, z in profile]
    rows = len(profile)
    faces: list[tuple[int, ...]] = [(j, rows + j, rows + j + 1, j + 1) for j in range(rows - 1)]
    return Shape(vertices, faces, [(0.5, 0.5)] * len(vertices))


def _soft_curve(points: Profile, steps: int = 6) -> Profile:
    """Return a Catmull-Rom curve through the points."""
    padded = [points[0], *points, points[-1]]
    curve = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for t in (step / steps for step in range(steps)):
            radius, height = (_between(*values, t) for values in zip(p0, p1, p2, p3, strict=True))
            curve.append((max(radius, 0.0), height))
    return [*curve, points[-1]]


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    """Return the Catmull-Rom spline's value between ``b`` (t = 0) and ``c`` (t = 1)."""
    square = (2 * a - 5 * b + 4 * c - d) * t**2
    cube = (3 * b - a - 3 * c + d) * t**3
    return 0.5 * (2 * b + (c - a) * t + square + cube)
