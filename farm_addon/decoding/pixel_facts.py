# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told about pixels while they go by: black, not a number, the same as others.

Needs numpy. Blocks are looked at and forgotten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from .channels import ChannelRoles

_HALF_EXPONENT = 0x7C00  # all ones for infinities and NaN
_DIGEST_DIGITS = 32


class PixelFacts:
    """Takes all pixels of a file, in blocks of whole rows from the top."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._roles = ChannelRoles((), (), is_combined=False)
        self._is_black: dict[bool, bool] = {}  # by whether it was a combined pass
        self.bad_pixels = 0

    @property
    def is_black(self) -> bool:
        """Whether every colour is 0; of the combined passes alone where there are any."""
        return self._is_black.get(True, self._is_black.get(False, False))

    @property
    def digest(self) -> str:
        """The same for files with the same channels and pixels, whatever else they hold."""
        return self._digest.hexdigest()[:_DIGEST_DIGITS]

    def begin_part(
        self, width_px: int, height_px: int, names: Sequence[str], part_name: str = ""
    ) -> None:
        """Say what follows: one part of the file."""
        self._roles = ChannelRoles.of(names, part_name)
        self._is_black.setdefault(self._roles.is_combined, True)
        self._digest.update(repr((width_px, height_px, *names)).encode())

    def take(self, block: Any) -> None:
        """Look at a block.

        :param block: numpy array, rows × columns × channels.
        """
        self._digest.update(block)
        is_combined = self._roles.is_combined
        if self._is_black[is_combined] and _has_light(_chosen(block, self._roles.shown)):
            self._is_black[is_combined] = False
        if block.dtype.kind == "f":
            self._count_bad(_chosen(block, self._roles.checked))

    def _count_bad(self, values: Any) -> None:
        import numpy

        if values.dtype == numpy.float16:  # several times quicker than numpy's own test
            bits = numpy.ascontiguousarray(values).view(numpy.uint16)
            bad = (bits & _HALF_EXPONENT) == _HALF_EXPONENT
        else:
            bad = ~numpy.isfinite(values)
        if bad.any():
            self.bad_pixels += int(bad.any(axis=-1).sum())


def _has_light(values: Any) -> bool:
    import numpy

    with numpy.errstate(invalid="ignore"):  # what is not a number is not black either
        return bool(values.any())


def _chosen(block: Any, channels: tuple[int, ...]) -> Any:
    """Return some channels of a block, without a copy where they are neighbours."""
    first, last = channels[0], channels[-1]
    if last - first + 1 == len(channels):
        return block[..., first : last + 1]
    return block[..., list(channels)]
