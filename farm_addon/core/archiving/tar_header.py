# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One entry's header in a tar file: POSIX ustar, and pax where a name or a size needs it.

Only what this module writes is read again. Tar files can say much more (links, devices, sparse
files, other character sets), none of which is in an archive of a release.

Source: POSIX.1-2017, ``pax``, "ustar Interchange Format" and "pax Header Block".
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from dataclasses import dataclass

BLOCK_BYTES = 512
END = bytes(2 * BLOCK_BYTES)
"""Two empty blocks end a tar file."""

_NAME_BYTES_MAX = 100
_OCTAL_MAX = 8**11
_PAX_BYTES_MAX = 1 << 14
_FILE, _PAX = b"0", b"x"
_OTHER_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"5": "a folder of its own",
    b"6": "a named pipe",
}

_BEFORE_SIZE = b"0000644\0" + b"0000000\0" * 2
_AFTER_SUM = b"0" + bytes(100) + b"ustar\x0000" + bytes(32 + 32) + b"0000000\0" * 2 + bytes(167)


class OddEntryError(ValueError):
    """A header is not one that this module writes; the text says what it is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file in a tar file.

    :param name: with the archive's top folder.
    :param mtime_s: when it was last changed, in whole seconds since 1970.
    """

    name: str
    size_bytes: int
    mtime_s: int


def padding(size_bytes: int) -> int:
    """Return how many zero bytes follow a file of this size."""
    return -size_bytes % BLOCK_BYTES


def encode_header(entry: Entry) -> bytes:
    """Return an entry's header, of one block or a few."""
    name = entry.name.encode()
    mtime_s = max(0, entry.mtime_s)
    if len(name) > _NAME_BYTES_MAX or not entry.name.isascii() or entry.size_bytes >= _OCTAL_MAX:
        info = tarfile.TarInfo(entry.name)
        info.size, info.mtime, info.mode = entry.size_bytes, mtime_s, 0o644
        return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")
    start = b"%b%b%011o\0%011o\0" % (
        name.ljust(_NAME_BYTES_MAX, b"\0"),
        _BEFORE_SIZE,
        entry.size_bytes,
        mtime_s,
    )
    # The sum is made with spaces in its own place.
    total = sum(start) + sum(_AFTER_SUM) + 8 * ord(" ")
    return b"%b%06o\0 %b" % (start, total, _AFTER_SUM)


def decode_header(read: Callable[[int], bytes]) -> Entry | None:
    """Read an entry's header; None at the end of the tar file.

    :param read: returns so many bytes, or raises.
    :raises OddEntryError: for anything but a regular file as :func:`encode_header` writes it.
    """
    block = read(BLOCK_BYTES)
    if block == END[:BLOCK_BYTES]:
        if read(BLOCK_BYTES) != END[:BLOCK_BYTES]:
            raise OddEntryError("its end is not as expected")
        return None
    kind, name, size_bytes, mtime_s = _decode(block)
    if kind != _PAX:
        return Entry(name, size_bytes, mtime_s)
    if size_bytes > _PAX_BYTES_MAX:
        raise OddEntryError("an entry has an endless header")
    said = _decode_pax(read(size_bytes + padding(size_bytes))[:size_bytes])
    kind, name, size_bytes, mtime_s = _decode(read(BLOCK_BYTES))
    if kind == _PAX:
        raise OddEntryError("an entry has two headers")
    return Entry(said.get("path", name), int(said.get("size", size_bytes)), mtime_s)


def _decode(block: bytes) -> tuple[bytes, str, int, int]:
    """Return kind, name, size and time of one header block."""
    kind = block[156:157]
    try:
        total, size_bytes, mtime_s = (
            _octal(block[start:end]) for start, end in ((148, 154), (124, 135), (136, 147))
        )
        name = block[:_NAME_BYTES_MAX].rstrip(b"\0").decode("ascii")
    except ValueError as ex:
        raise OddEntryError("an entry's header is damaged") from ex
    if total != sum(block) - sum(block[148:156]) + 8 * ord(" "):
        raise OddEntryError("an entry's header is damaged")
    shown = name.encode("unicode_escape").decode()
    if kind not in (_FILE, _PAX):
        raise OddEntryError(f"'{shown}' is {_OTHER_KINDS.get(kind, 'no regular file')}")
    if block[157:265] != _AFTER_SUM[1:109] or any(block[345:]) or "\0" in name:
        raise OddEntryError(f"'{shown}' has a header of another kind")
    return kind, name, size_bytes, mtime_s


def _octal(digits: bytes) -> int:
    if not digits.isdigit():  # int() takes signs, underscores and spaces too
        raise ValueError(digits)
    return int(digits, 8)


def _decode_pax(data: bytes) -> dict[str, str]:
    """Read ``LENGTH KEY=VALUE\\n`` again and again."""
    said: dict[str, str] = {}
    while data:
        digits, space, _ = data.partition(b" ")
        if not digits.isdigit() or len(digits) > 5 or not space:
            raise OddEntryError("an entry's header is damaged")
        record, data = data[len(digits) + 1 : int(digits)], data[int(digits) :]
        try:
            key, equals, value = record.decode().partition("=")
        except UnicodeDecodeError as ex:
            raise OddEntryError("an entry's name is no text") from ex
        is_known = key in ("path", "size") and equals and value.endswith("\n")
        if not is_known or key in said or (key == "size" and not value[:-1].isdigit()):
            raise OddEntryError("an entry's header says what it may not say")
        said[key] = value[:-1]
    return said
