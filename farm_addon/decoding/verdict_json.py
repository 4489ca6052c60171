# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts as JSON objects: between processes, and in the file of those that are remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..core.ports import FrameVerdict


def verdict_to_json(verdict: FrameVerdict) -> dict[str, Any]:
    """Return a verdict as a JSON object."""
    return {**asdict(verdict), "path": str(verdict.path), "metadata": dict(verdict.metadata)}


def verdict_from_json(data: Mapping[str, Any]) -> FrameVerdict:
    """Read what :func:`verdict_to_json` wrote.

    :raises KeyError, TypeError, ValueError, AttributeError: if ``data`` has another shape.
    """
    metadata: Mapping[str, Any] = data["metadata"]
    return FrameVerdict(
        path=Path(data["path"]),
        problem=str(data["problem"]),
        format_name=str(data["format_name"]),
        width_px=int(data["width_px"]),
        height_px=int(data["height_px"]),
        channels=int(data["channels"]),
        note=str(data["note"]),
        metadata={str(name): str(value) for name, value in metadata.items()},
        is_black=bool(data["is_black"]),
        bad_pixels=int(data["bad_pixels"]),
        pixels_digest=str(data["pixels_digest"]),
    )
