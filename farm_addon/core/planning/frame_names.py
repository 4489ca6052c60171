# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of frames, and more fields of theirs, from a CSV or JSON file of the user's.

::

    frame,frame_name,side            {"1": "0_0_0",
    1,0_0_0,front                     "3": {"frame_name": "0_30_15", "side": "left"}}
    3,0_30_15,left
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..naming.delivery_names import FRAME_FIELDS, JOB_FIELDS

FrameNames = dict[int, tuple[tuple[str, str], ...]]
"""Per frame its fields, sorted by name."""

FILE_BYTES_MAX = 8 << 20
FRAMES_MAX = 100_000
FIELDS_MAX = 32
VALUE_CHARACTERS_MAX = 200

_FRAME = re.compile(r"-?[0-9]{1,7}")
_RESERVED = (*JOB_FIELDS, *(name for name in FRAME_FIELDS if name != "frame_name"))


def read_frame_names(path: Path) -> FrameNames:
    """Read a file of frame names; its ending says whether it is CSV or JSON.

    :raises UsageError: naming the line or the frame where it cannot be used.
    """
    reader = {".csv": _from_csv, ".json": _from_json}.get(path.suffix.lower())
    if reader is None:
        raise UsageError(
            f"'{path}' is neither a .csv nor a .json file",
            hint="or take the names of the timeline's markers: --frame-names markers",
        )
    found: FrameNames = {}
    for where, frame, fields in reader(_content(path), path):
        number = _number(frame, f"{where} of '{path}'")
        if number in found:
            raise UsageError(f"{where} of '{path}': frame {number} is there twice")
        if len(found) == FRAMES_MAX:
            raise UsageError(f"'{path}' has more than {FRAMES_MAX} frames")
        found[number] = _checked(fields, f"{where} of '{path}'")
    if not found:
        raise UsageError(f"'{path}' names no frame")
    return found


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
    except OSError as ex:
        raise UsageError(f"'{path}' cannot be read: {ex.strerror or ex}") from ex
    if len(content) > FILE_BYTES_MAX:
        raise UsageError(f"'{path}' is larger than {FILE_BYTES_MAX >> 20} MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as ex:
        line = content[: ex.start].count(b"\n") + 1
        raise UsageError(
            f"line {line} of '{path}' is no UTF-8", hint="save it as UTF-8 (in Excel: CSV UTF-8)"
        ) from ex


_Row = tuple[str, str, dict[str, Any]]
"""Where it is, the frame as it is written, its fields."""


def _from_csv(content: str, path: Path) -> Iterator[_Row]:
    head = content.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)  # of equals the first
    rows = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [cell.strip() for cell in next(rows, [])]
        if "frame" not in columns or len(set(columns)) < len(columns):
            raise UsageError(
                f"line 1 of '{path}' must name the columns, each once, and ‘frame’ among them",
                hint="as in: frame,frame_name",
            )
        for cells in rows:
            where = f"line {rows.line_num}"
            if not any(cells):
                continue
            if len(cells) != len(columns):
                raise UsageError(
                    f"{where} of '{path}' has {len(cells)} cells, not {len(columns)} as line 1"
                )
            fields = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
            frame = fields.pop("frame")
            yield where, frame, {name: value for name, value in fields.items() if value}
    except csv.Error as ex:
        raise UsageError(f"line {rows.line_num} of '{path}' is no CSV: {ex}") from ex


def _from_json(content: str, path: Path) -> Iterator[_Row]:
    try:
        data = json.loads(content, object_pairs_hook=_once)
    except json.JSONDecodeError as ex:
        raise UsageError(f"line {ex.lineno} of '{path}' is no JSON: {ex.msg}") from ex
    except (ValueError, RecursionError) as ex:
        raise UsageError(f"'{path}' cannot be read: {ex}") from ex
    if not isinstance(data, dict):
        raise UsageError(f"'{path}' holds no JSON object", hint='as in: {"3": "0_30_15"}')
    for frame, value in data.items():
        fields = value if isinstance(value, dict) else {"frame_name": value}
        yield f"frame {frame[:20]!r}", frame, fields


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of which no member is there twice."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise ValueError(f"{name[:20]!r} is there twice")
        made[name] = value
    return made


def _number(text: str, where: str) -> int:
    if not _FRAME.fullmatch(text.strip()):
        raise UsageError(f"{where}: {text[:20]!r} is no frame number")
    return int(text)


def _checked(fields: dict[str, Any], where: str) -> tuple[tuple[str, str], ...]:
    if len(fields) > FIELDS_MAX:
        raise UsageError(f"{where}: more than {FIELDS_MAX} fields")
    checked: dict[str, str] = {}
    for name, value in fields.items():
        name = unicodedata.normalize("NFC", name)
        if not name.isidentifier() or len(name) > VALUE_CHARACTERS_MAX:
            raise UsageError(f"{where}: {name[:20]!r} is no name for a field")
        if name in checked:
            raise UsageError(f"{where}: ‘{name}’ is there twice")
        if name in _RESERVED:
            raise UsageError(f"{where}: every job has a ‘{name}’ already; choose another name")
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise UsageError(f"{where}: ‘{name}’ is no text and no whole number")
        text = str(value)
        if not text or len(text) > VALUE_CHARACTERS_MAX:
            raise UsageError(f"{where}: ‘{name}’ must have 1 to {VALUE_CHARACTERS_MAX} characters")
        checked[name] = text
    return tuple(sorted(checked.items()))
