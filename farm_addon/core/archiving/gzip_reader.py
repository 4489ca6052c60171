# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a gzip file of many members from its beginning to its end, in pieces of bounded size.

Python's own reader takes small bites and does not hash what it reads; here the file itself is
hashed in another thread meanwhile.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import BinaryIO

_READ_BYTES = 1 << 20
_FEED_BYTES = 1 << 16
_PIECE_BYTES = 1 << 18
_GZIP = 31  # zlib's word for a gzip member
_NO_BYTES = memoryview(b"")


class DamagedError(ValueError):
    """The file is no gzip file, or not a whole one."""


class GzipReader:
    """Reads one gzip file. A context manager.

    :param file: open for reading, at its beginning; it is not closed.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._thread = ThreadPoolExecutor(1, "farm verify")
        self._hashing: Future[None] | None = None
        self._raw = _NO_BYTES
        self._inflate: zlib._Decompress | None = None
        self._piece = _NO_BYTES
        self.members = 0
        self.read_bytes = 0

    def __enter__(self) -> GzipReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        ex: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def sha256(self) -> str:
        """Return the hash of the file up to where it was read, hexadecimal."""
        if self._hashing is not None:
            self._hashing.result()
        return self._digest.hexdigest()

    def read(self, size_bytes: int) -> bytes:
        """Return so many bytes of content.

        :raises DamagedError: if there are fewer, or the file is damaged.
        """
        return b"".join(self.pieces(size_bytes))

    def pieces(self, size_bytes: int) -> Iterator[memoryview]:
        """Yield so many bytes of content, in pieces; each is good until the next is asked for.

        :raises DamagedError: if there are fewer, or the file is damaged.
        """
        while size_bytes:
            if not self._piece and not self._next_piece():
                raise DamagedError("it is cut off")
            piece = self._piece[:size_bytes]
            self._piece = self._piece[len(piece) :]
            size_bytes -= len(piece)
            yield piece

    def is_at_end(self) -> bool:
        """Tell whether there is no more content.

        :raises DamagedError: if what follows is damaged.
        """
        return not self._piece and not self._next_piece()

    def _next_piece(self) -> bool:
        """Inflate some more; False at the end of the file."""
        while not self._piece:
            if not self._raw:
                self._raw = self._read_raw()
            if not self._raw and self._inflate is None:
                return False
            if self._inflate is None:
                self._inflate = zlib.decompressobj(_GZIP)
                self.members += 1
            self._piece = memoryview(self._inflate_some(self._inflate))
        return True

    def _inflate_some(self, inflate: zlib._Decompress) -> bytes:
        fed = self._raw[:_FEED_BYTES]
        try:
            piece = inflate.decompress(fed, _PIECE_BYTES)
        except zlib.error as ex:
            raise DamagedError(str(ex)) from ex
        if inflate.eof:
            self._raw = self._raw[len(fed) - len(inflate.unused_data) :]
            self._inflate = None
        else:
            self._raw = self._raw[len(fed) - len(inflate.unconsumed_tail) :]
            if not fed and not piece:
                raise DamagedError("it is cut off")
        return piece

    def _read_raw(self) -> memoryview:
        raw = self._file.read(_READ_BYTES)
        self.read_bytes += len(raw)
        if self._hashing is not None:
            self._hashing.result()
        self._hashing = self._thread.submit(self._digest.update, raw)
        return memoryview(raw)
