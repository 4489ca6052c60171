# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the demo's two textures as PNG files, with the standard library alone; no bpy.

Both are the same every time and repeat without a seam: terrazzo in both directions, the glaze
around the pot.
"""

from __future__ import annotations

import math
import random
import struct
import zlib
from pathlib import Path

Colour = tuple[int, int, int]


def write_terrazzo(target: Path, size_px: int = 1024) -> Path:
    """Draw coloured chips of stone in pale cement."""
    rng = random.Random(7)
    cement, grain = _colour("ece3d4"), [_colour("e4d9c7"), _colour("f3ecdf"), _colour("dccfba")]
    pixels = [cement] * (size_px * size_px)
    for _ in range(size_px * size_px // 40):
        pixels[rng.randrange(len(pixels))] = rng.choice(grain)
    stones = ["b9603f", "d99a73", "2f6f75", "7fa6a0", "23395b", "c9b08a", "8a7562", "f7f2e8"]
    weights = [5, 6, 4, 4, 2, 6, 4, 6]
    for index in range(620):
        size = rng.uniform(0.018, 0.05) if index < 150 else rng.uniform(0.004, 0.016)
        stone = _colour(rng.choices(stones, weights)[0])
        centre = rng.uniform(0, size_px), rng.uniform(0, size_px)
        _draw_chip(pixels, size_px, centre, size * size_px, stone, rng)
    return _write_png(target, size_px, size_px, pixels)


def _draw_chip(
    pixels: list[Colour],
    size_px: int,
    centre: tuple[float, float],
    radius_px: float,
    colour: Colour,
    rng: random.Random,
) -> None:
    """Fill the area on the inner side of a few lines around a point: a convex polygon."""
    turn, count = rng.uniform(0, math.tau), rng.randint(4, 7)
    lines = []
    for i in range(count):
        angle = turn + math.tau * (i + rng.uniform(-0.3, 0.3)) / count
        lines.append((math.cos(angle), math.sin(angle), radius_px * rng.uniform(0.45, 0.85)))
    reach = int(radius_px * 1.5)
    for dy in range(-reach, reach + 1):
        row = (int(centre[1]) + dy) % size_px * size_px
        for dx in range(-reach, reach + 1):
            if all(nx * dx + ny * dy < distance for nx, ny, distance in lines):
                pixels[row + (int(centre[0]) + dx) % size_px] = colour


def write_glaze(target: Path, width_px: int = 512, height_px: int = 1024) -> Path:
    """Draw a pot's skin from the foot (bottom) to the inside of its lip: bare clay below a wavy
    edge, a sea-green glaze above that pools darker in the throwing rings, with specks of iron."""
    rng = random.Random(11)
    clay, glaze, pool, rim = map(_colour, ("c98e66", "3f8f90", "1f5f68", "b98d5c"))
    pixels = []
    for row in range(height_px):
        v = 1 - row / height_px
        ring = 0.5 + 0.5 * math.sin(90 * v + 2.1 * math.sin(17 * v))
        for column in range(width_px):
            a = math.tau * column / width_px
            edge = 0.2 + 0.014 * math.sin(3 * a) + 0.01 * math.sin(7 * a + 1.3)
            drip = 0.012 * math.sin(11 * a + 0.4) + 0.006 * math.sin(5 * a)
            if v + drip < edge:
                colour = _mix(clay, (176, 118, 82), 0.35 * ring)
            else:
                thin = max(0.0, 1 - (v + drip - edge) / 0.03)
                colour = _mix(glaze, pool, 0.45 * ring + 0.12 * math.sin(2 * a + 9 * v))
                colour = _mix(colour, rim, 0.75 * thin)
            pixels.append(colour)
    for _ in range(900):
        x, y = rng.randrange(width_px), rng.randrange(int(height_px * 0.8))
        tall = rng.choice((1, 1, 2, 2, 3))
        for step in range(tall * 2):
            for side in range(tall):
                place = (y + step) % height_px * width_px + (x + side) % width_px
                pixels[place] = _mix(pixels[place], (58, 40, 30), rng.uniform(0.35, 0.8))
    return _write_png(target, width_px, height_px, pixels)


def _colour(digits: str) -> Colour:
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _mix(one: Colour, other: Colour, part: float) -> Colour:
    part = min(max(part, 0.0), 1.0)
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _write_png(target: Path, width_px: int, height_px: int, pixels: list[Colour]) -> Path:
    """Write 8-bit RGB rows, top row first."""
    rows = bytearray()
    for start in range(0, len(pixels), width_px):
        rows.append(0)
        for pixel in pixels[start : start + width_px]:
            rows.extend(pixel)
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, data in (
            (b"IHDR", header),
            (b"IDAT", zlib.compress(bytes(rows), 9)),
            (b"IEND", b""),
        ):
            file.write(struct.pack(">I", len(data)) + kind + data)
            file.write(struct.pack(">I", zlib.crc32(kind + data)))
    return target
