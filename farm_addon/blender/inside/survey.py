# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the survey of a .blend file's outside files writes into. Inside Blender."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

import bpy

from .paths import is_blenders_own, key, resolve

PACKABLE = frozenset(("library", "image", "font", "sound"))
"""Kinds of :class:`...core.planning.scene_facts.Dependency` that freezing packs into a .blend."""


@dataclass(frozen=True, slots=True)
class OutsideFile:
    """One file outside the .blend, and one use of it.

    :param path: absolute.
    :param kind: as in :class:`...core.planning.scene_facts.Dependency`.
    :param owner: who uses it, in the artist's words.
    :param user: the datablock that uses it; None where that is not known.
    :param is_strip: it is a strip of the scene ``user``: it counts where that scene's sequencer
        is rendered.
    :param is_folder: the path is a folder.
    """

    path: str
    kind: str
    owner: str
    user: bpy.types.ID | None
    is_strip: bool = False
    is_folder: bool = False

    @property
    def is_packable(self) -> bool:
        """Whether freezing can take it into the .blend."""
        return self.kind in PACKABLE

    def exists(self) -> bool:
        """Look whether it is there."""
        return os.path.isdir(self.path) if self.is_folder else os.path.isfile(self.path)


class Survey:
    """Collects outside files, and the paths that were looked at and found to be harmless."""

    def __init__(self) -> None:
        self.files: list[OutsideFile] = []
        self._seen: set[str] = set()

    def add(
        self,
        paths: Iterable[str],
        kind: str,
        owner: str,
        user: bpy.types.ID | None,
        *,
        is_strip: bool = False,
        is_folder: bool = False,
    ) -> None:
        """Add files by their absolute paths; what belongs to Blender's installation is harmless."""
        for path in paths:
            self._seen.add(key(path))
            if not is_blenders_own(path):
                self.files.append(OutsideFile(path, kind, owner, user, is_strip, is_folder))

    def add_path(
        self,
        path: str,
        kind: str,
        owner: str,
        user: bpy.types.ID,
        *,
        is_strip: bool = False,
        is_folder: bool = False,
    ) -> None:
        """Add one file by its path as the datablock ``user`` holds it; an empty one is none."""
        absolute = self.pass_over(path, user.library)
        if absolute:
            self.add([absolute], kind, owner, user, is_strip=is_strip, is_folder=is_folder)

    def pass_over(self, path: str, library: bpy.types.Library | None) -> str:
        """Note a path as looked at: it is inside the file, harmless, or about to be added.

        :return: the absolute path, or empty for an empty one.
        """
        if not path:
            return ""
        absolute = resolve(path, library)
        self._seen.add(key(absolute))
        return absolute

    def has_seen(self, path: str) -> bool:
        """Tell whether an absolute path was looked at."""
        return key(path) in self._seen
