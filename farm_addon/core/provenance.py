# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stamp that a rendered frame carries in its metadata, to say whose it is.

It is one line of Blender's stamp note, after the studio's own note. Blender keeps at most 767
bytes of note (DNA: ``char stamp_udata[768]``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

MAX_NOTE_BYTES = 767
_MARK = "farm:"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which job of which release made a frame.

    :param release_id: the release's UUID.
    :param attempt: 1 for the first.
    :param inputs: the input fingerprint, 32 hexadecimal digits.
    """

    release: str
    release_id: str
    job: str
    attempt: int
    inputs: str

    def line(self, max_bytes: int = MAX_NOTE_BYTES) -> str:
        """Return the stamp as one line; without the names where they would not fit.

        :param max_bytes: room for the line, in UTF-8 bytes.
        """
        short = {"id": self.release_id, "attempt": self.attempt, "inputs": self.inputs}
        full = {"release": self.release, "job": self.job, **short}
        text = _MARK + json.dumps(full, ensure_ascii=False, separators=(",", ":"))
        if len(text.encode()) <= max_bytes:
            return text
        return _MARK + json.dumps(short, separators=(",", ":"))


def add_to_note(studio_note: str, provenance: Provenance) -> str:
    """Return the note to render with: the studio's own, then our line.

    An earlier line of ours is replaced. Where the two do not fit together the studio's note is
    kept whole and our line loses its names first; a note that leaves no room at all stays alone.
    """
    kept = "\n".join(row for row in studio_note.splitlines() if not row.startswith(_MARK))
    prefix = f"{kept}\n" if kept else ""
    room = MAX_NOTE_BYTES - len(prefix.encode())
    line = provenance.line(room)
    return prefix + line if len(line.encode()) <= room else kept


def find_in_note(note: str) -> Provenance | None:
    """Return the stamp that a frame's note carries, or None where it has none that can be read."""
    for row in note.splitlines():
        if not row.startswith(_MARK):
            continue
        try:
            data = json.loads(row[len(_MARK) :])
            return Provenance(
                str(data.get("release", "")),
                str(data["id"]),
                str(data.get("job", "")),
                int(data["attempt"]),
                str(data["inputs"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
    return None
