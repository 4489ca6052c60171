# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ARCHIVE.json``, the first file in every archive: whose it is, and how much is in it.

It comes first so that whoever reads the archive knows what to expect before unpacking anything.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import NewerSchemaError, RecordError

SCHEMA = 1
LABEL_BYTES_MAX = 1 << 16


@dataclass(frozen=True, slots=True)
class ArchiveLabel:
    """What an archive says of itself.

    :param release: the release's name, also that of the archive's top folder.
    :param release_id: UUID.
    :param files: how many files of the release and its delivery it holds.
    :param size_bytes: of those files together.
    :param when: RFC 3339 in UTC; ``user`` and ``host`` made it.
    """

    release: str
    release_id: str
    files: int
    size_bytes: int
    when: str
    user: str
    host: str

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        data = {"schema": SCHEMA, **asdict(self)}
        return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> ArchiveLabel:
        """Read what :meth:`to_bytes` wrote; what an archive says is hostile input.

        :raises NewerSchemaError: if a newer farm_addon wrote it.
        :raises RecordError: if it cannot be understood.
        """
        try:
            data: dict[str, Any] = json.loads(content.decode())
            schema = data["schema"]
            if type(schema) is int and schema > SCHEMA:
                raise NewerSchemaError(
                    f"it was written by a newer farm_addon (schema {schema}, known here: {SCHEMA})",
                    hint="update farm_addon",
                )
            label = cls(
                release=str(data["release"]),
                release_id=str(uuid.UUID(data["release_id"])),
                files=int(data["files"]),
                size_bytes=int(data["size_bytes"]),
                when=str(data["when"]),
                user=str(data["user"]),
                host=str(data["host"]),
            )
            is_sane = schema == SCHEMA and label.files >= 0 and label.size_bytes >= 0
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as ex:
            raise RecordError(f"its label cannot be understood ({ex!r})") from ex
        if not is_sane:
            raise RecordError("its label makes no sense")
        return label
