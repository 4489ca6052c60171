# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take everything that lies outside into the open file: pack files, make linked data local.

Inside Blender, in memory alone. Packing comes first: a path that is relative to a library means
that library's folder only while its datablock is linked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import bpy

from ...core.errors import BlenderError
from .blendfile import OpenFile
from .outside_data import is_packed
from .survey import OutsideFile


def pack(files: Iterable[OutsideFile]) -> None:
    """Pack the files of images, fonts and sounds, those of linked datablocks too.

    What could not be packed stays outside, for the survey to find again.
    """
    users = {file.user: None for file in files if file.is_packable and file.user is not None}
    for user in users:
        if isinstance(user, bpy.types.Image):
            if not is_packed(user):
                _pack(user)
        elif isinstance(user, (bpy.types.VectorFont, bpy.types.Sound)) and user.packed_file is None:
            _pack(user)


def _pack(datablock: bpy.types.Image | bpy.types.VectorFont | bpy.types.Sound) -> None:
    try:
        datablock.pack()
    except RuntimeError as ex:
        raise BlenderError(
            f"'{datablock.filepath}' cannot be packed: {str(ex).strip()}",
            hint="see whether the file can be read",
        ) from ex


def make_all_local(file: OpenFile) -> None:
    """Make every linked datablock of the open file local, and library overrides plain data."""
    is_override = any(one.override_library is not None for one in bpy.data.user_map())
    if not is_override and not _linked():
        return
    # Blender puts objects that nothing counts as a user of (a boolean's cutter) into the active
    # scene, so as not to lose them. In the empty scene they appear in nobody's picture.
    with file.editing():
        bpy.ops.object.make_local(type="ALL")
    libraries_in_use = {one.library for one in _linked()}
    bpy.data.batch_remove([one for one in _libraries_outside() if one not in libraries_in_use])


def _linked() -> list[bpy.types.ID]:
    """Return the datablocks that come from files outside."""
    outside = set(_libraries_outside())
    return [one for one in bpy.data.user_map() if one.library in outside]


def _libraries_outside() -> list[bpy.types.Library]:
    """Return the libraries but those of packed linked data (5.0), which are inside the file."""
    return [one for one in bpy.data.libraries if not getattr(one, "is_archive", False)]


def keep(datablocks: Collection[bpy.types.ID]) -> None:
    """See to it that saving keeps datablocks that are in use although Blender counts no user: the
    linked original of an override has none left when the override is plain data, but constraints
    and drivers may go on to refer to it."""
    for datablock in datablocks:
        if datablock.library is None and datablock.users == 0:
            datablock.use_fake_user = True
