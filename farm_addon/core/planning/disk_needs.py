# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Estimate how much room frames take on the volume, before any is rendered. Pure.

What a frame shows decides more than anything that is known beforehand; an estimate is good to a
factor of two or three. It is on the high side, since a full disk costs more than a false alarm.
"""

from __future__ import annotations

from ..release.jobs import PlannedJob

_BYTES_PER_PIXEL = {
    "PNG": 2.5,
    "JPEG": 0.5,
    "OPEN_EXR": 8.0,
    "OPEN_EXR_MULTILAYER": 24.0,
    "TIFF": 3.0,
    "WEBP": 0.5,
    "BMP": 4.0,
    "HDR": 4.0,
    "TARGA": 3.5,
    "TARGA_RAW": 4.0,
    "JPEG2000": 1.0,
    "CINEON": 4.0,
    "DPX": 4.0,
    "IRIS": 3.5,
    "AVIF": 0.3,
}
"""Of a noisy picture with four channels in the format's usual depth: 8 bits, for EXR 16. A
multilayer file is taken to hold three passes."""
_UNKNOWN = 8.0
_CHANNELS = {"BW": 1 / 3, "RGB": 0.8}
"""Part of the room of four channels; alpha is mostly plain."""
_HEADER_BYTES = 4096


def estimate_bytes(job: PlannedJob) -> int:
    """Return how many bytes the frames of a job will take, roughly."""
    per_pixel = _BYTES_PER_PIXEL.get(job.file_format, _UNKNOWN) * _CHANNELS.get(job.color_mode, 1)
    frame = round(job.width_px * job.height_px * per_pixel) + _HEADER_BYTES
    return frame * len(job.frames) * len(job.views)
