# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths as .blend files hold them, and the files on disk that they mean. Inside Blender."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

import bpy

_UDIM, _UVTILE = "<UDIM>", "<UVTILE>"
_SERVER = "\\\\"
_DRIVE = re.compile(r"[A-Za-z]:/")
_LAST_NUMBER = re.compile(r"(\d+)(?!.*\d)")


def resolve(path: str, library: bpy.types.Library | None) -> str:
    """Return a path that a datablock holds as an absolute one in this platform's notation.

    ``//`` stands for the folder of the file that the datablock lives in: its library's, else the
    open file's. What was saved on Windows is read as Blender reads it (``BLI_path_abs``): elsewhere
    backslashes are slashes, and ``D:`` is ``/d``; a server's name stays and leads nowhere.

    :param library: the datablock's library, None for a local one. A library's own path is relative
        to the open file, however it came in, so pass None for it.
    """
    if os.sep == "/":
        if path.startswith(_SERVER):
            return path
        path = path.replace("\\", "/")
        if _DRIVE.match(path):
            path = f"/{path[0].lower()}{path[2:]}"
    if path.startswith("//"):
        home = bpy.data.filepath if library is None else resolve(library.filepath, None)
        path = os.path.join(os.path.dirname(home), path[2:].lstrip("/"))
    return os.path.abspath(path)


def key(path: str) -> str:
    """Return a form of a path in which equal files compare equal."""
    return os.path.normcase(os.path.abspath(path.replace("\\", "/") if os.sep == "/" else path))


def is_blenders_own(path: str) -> bool:
    """Tell whether a file belongs to this Blender's installation, such as its asset libraries."""
    return key(path).startswith(key(data_folder()) + os.sep)


def data_folder() -> str:
    """Return the folder of the data that came with this Blender."""
    # The type stubs do not know it.
    return str(bpy.utils.system_resource("DATAFILES"))  # type: ignore[attr-defined]


def tile_files(path: str, tile_numbers: Iterable[int]) -> list[str]:
    """Return the file of each tile of a tiled image.

    :param path: absolute, with the token ``<UDIM>`` (1001, 1002 …) or ``<UVTILE>`` (u1_v1 …).
    """
    folder, name = os.path.split(path)
    names = []
    for number in tile_numbers:
        v, u = divmod(number - 1001, 10)
        names.append(name.replace(_UDIM, str(number)).replace(_UVTILE, f"u{u + 1}_v{v + 1}"))
    return [os.path.join(folder, one) for one in dict.fromkeys(names)]


def numbered_files(path: str) -> list[str]:
    """Return all files that differ from ``path`` in the last number of their name only.

    :return: sorted; ``path`` alone where there is no number in it, or nothing like it on disk.
    """
    folder, name = os.path.split(path)
    match = _LAST_NUMBER.search(name)
    if match is None:
        return [path]
    like_it = re.compile(re.escape(name[: match.start()]) + r"\d+" + re.escape(name[match.end() :]))
    found = [os.path.join(folder, one) for one in _names_in(folder) if like_it.fullmatch(one)]
    return sorted(found) or [path]


def _names_in(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry.name for entry in entries if entry.is_file())
    except OSError:
        return
