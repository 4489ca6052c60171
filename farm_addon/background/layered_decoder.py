# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes here what can be decoded here, and asks a background Blender for the rest.

Blender's own OpenImageIO reads formats that a wheel may not: AVIF from 5.2 on, JPEG 2000.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path

from ..core.ports import FrameVerdict
from ..decoding.decoder import LocalDecoder
from ..decoding.verdict_cache import VersionedDecoder

_BATCH = 32


class LayeredDecoder:
    """Implements :class:`farm_addon.core.ports.FrameDecoder`.

    :param blender: asked only about files and formats that this Python does not know.
    """

    def __init__(self, local: LocalDecoder, blender: VersionedDecoder) -> None:
        self._local = local
        self._blender = blender

    @property
    def version(self) -> str:
        """As of this Python's; which Blender helps out is not told without starting it."""
        return self._local.version

    def can_decode(self, format_name: str) -> bool:
        """Tell whether files of this format can be decoded, by either."""
        if not format_name:
            return False
        return self._local.can_decode(format_name) or self._blender.can_decode(format_name)

    def decode(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        """Yield one verdict per path, in order.

        :raises BlenderError: if Blender can no longer be started.
        """
        for is_for_blender, group in groupby(self._local.decode(paths), self._is_for_blender):
            if not is_for_blender:
                yield from group
                continue
            while batch := list(islice(group, _BATCH)):
                yield from self._blender.decode([verdict.path for verdict in batch])

    def _is_for_blender(self, verdict: FrameVerdict) -> bool:
        name = verdict.format_name
        return bool(name) and not self._local.can_decode(name) and self._blender.can_decode(name)
