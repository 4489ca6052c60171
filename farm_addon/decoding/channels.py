# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which channels of a picture are colours: passes hold depths, vectors and hashes as well.

Names are ``R``, ``G``, ``B``, ``A`` or ``Y``, in OpenEXR with layers ``Layer.Pass.View.R``.
Cryptomatte has small letters in Blender's files; its values are hashes, and may be anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_COMBINED = "Combined"
_CRYPTOMATTE = "Crypto"
_COLORS = frozenset("RGB")
_GREYS = frozenset(("Y", "YA", "V", "VA"))


@dataclass(frozen=True, slots=True)
class ChannelRoles:
    """What the channels of one part of a file are for; positions, ascending.

    :param shown: the colours that are looked at: of the combined passes where there are any.
    :param checked: all colours and their alphas; these have to be numbers.
    :param is_combined: whether ``shown`` are a combined pass.
    """

    shown: tuple[int, ...]
    checked: tuple[int, ...]
    is_combined: bool

    @classmethod
    def of(cls, names: Sequence[str], part_name: str = "") -> ChannelRoles:
        """Tell the roles of channels.

        Where none is known for a colour, all are taken for colours.

        :param part_name: of the part of the file, which may name the pass as well.
        """
        passes: dict[str, dict[str, int]] = {}
        for index, name in enumerate(names):
            layer, _, component = name.rpartition(".")
            passes.setdefault(layer, {})[component] = index
        colors = {
            layer: components
            for layer, components in passes.items()
            if _is_color(components) and _CRYPTOMATTE not in f"{part_name}.{layer}"
        }
        combined = {
            layer: components
            for layer, components in colors.items()
            if _COMBINED in f"{part_name}.{layer}".split(".")
        }
        everything = tuple(range(len(names)))
        shown = _positions(combined or colors, alpha=False)
        checked = _positions(colors, alpha=True)
        return cls(shown or everything, checked or everything, bool(combined))


def _is_color(components: dict[str, int]) -> bool:
    return _COLORS <= components.keys() or "".join(sorted(components, reverse=True)) in _GREYS


def _positions(passes: dict[str, dict[str, int]], *, alpha: bool) -> tuple[int, ...]:
    wanted = {*_COLORS, "Y", "V"} | ({"A"} if alpha else set())
    return tuple(
        sorted(
            index
            for components in passes.values()
            for component, index in components.items()
            if component in wanted
        )
    )
