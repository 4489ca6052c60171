# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What datablocks are called when one speaks to people: ``Image ‘wood’``. Inside Blender."""

from __future__ import annotations

import os
from typing import Any

import bpy

from ...core.planning.scene_facts import DataUser

UNREADABLE = "(unreadable name)"
_WORDS = {"Vector Font": "Font", "Cache File": "Cache file", "Movie Clip": "Movie clip"}


def text_of(struct: Any, attribute: str = "name") -> str:
    """Return a name, or a stand-in where its bytes are no text: Blender keeps whatever was saved.

    :param struct: a datablock, node, marker, anything that has names.
    """
    try:
        return str(getattr(struct, attribute))
    except UnicodeDecodeError:
        return UNREADABLE


def label(datablock: bpy.types.ID) -> str:
    """Return ``Image ‘wood’``, or ``Image ‘wood’ of library ‘chairs.blend’`` for a linked one."""
    word = text_of(type(datablock).bl_rna)
    text = f"{_WORDS.get(word, word)} ‘{text_of(datablock)}’"
    library = datablock.library
    return text if library is None else f"{text} of {library_label(library)}"


def library_label(library: bpy.types.Library) -> str:
    """Return ``library ‘chairs.blend’``, after the file and not after Blender's name for it."""
    return f"library ‘{os.path.basename(text_of(library, 'filepath').replace(chr(92), '/'))}’"


def data_user(datablock: bpy.types.ID | None) -> DataUser | None:
    """Return a datablock by its exact names; None for none."""
    if datablock is None:
        return None
    library = datablock.library
    where = "" if library is None else text_of(library, "filepath")
    return DataUser(datablock.id_type, text_of(datablock), where)
