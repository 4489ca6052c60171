# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes small pictures of frames: here where this Python has OpenImageIO, else in a background
Blender of its own, so that nothing that renders waits for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ..core.errors import BlenderError
from ..decoding import images
from ..decoding.previews import Preview, write_previews
from .messages import preview_to_json
from .runtime import BlenderRuntime
from .session import BlenderSession

log = logging.getLogger(__name__)

IDLE_S = 60.0
"""A Blender that made no picture for so long is let go."""

_QUIET_TIMEOUT_S = 120.0


class PreviewMaker:
    """Makes pictures; may be used from several threads, and makes one after the other.

    :param make_session: makes a session that is not started yet.
    :param has_openimageio: whether this Python can make them itself.
    """

    def __init__(
        self,
        make_session: Callable[..., BlenderSession] = BlenderSession,
        *,
        has_openimageio: Callable[[], bool] = images.is_available,
    ) -> None:
        self._make_session = make_session
        self._has_openimageio = has_openimageio
        self._lock = threading.Lock()
        self._session: BlenderSession | None = None
        self._runtime: BlenderRuntime | None = None
        self._used_s = 0.0

    def make(
        self, source: Path, wanted: Sequence[Preview], find: Callable[[], BlenderRuntime]
    ) -> bool:
        """Make pictures of a frame.

        :param wanted: the largest first; their folders exist.
        :param find: called for the Blender to use, where one is needed.
        :return: whether they are there now; False where the frame cannot be read.
        :raises BlenderError: where no Blender can make them.
        :raises OSError: if one cannot be written.
        """
        with self._lock:
            if self._has_openimageio():
                return write_previews(source, wanted)
            try:
                answer = self._living(find()).ask(
                    "preview",
                    doing=f"making a small picture of '{source}'",
                    source=str(source),
                    wanted=[preview_to_json(one) for one in wanted],
                )
            except BlenderError:
                self._end_session()
                raise
            self._used_s = time.monotonic()
            return bool(answer.get("is_written"))

    def tidy(self) -> None:
        """Let a Blender go that has had nothing to do for a while."""
        with self._lock:
            if self._session is not None and time.monotonic() - self._used_s > IDLE_S:
                self._end_session()

    def close(self) -> None:
        """Let go of what was started."""
        with self._lock:
            self._end_session()

    def _living(self, runtime: BlenderRuntime) -> BlenderSession:
        if self._session is not None and (not self._session.is_alive or runtime != self._runtime):
            self._end_session()
        if self._session is None:
            session = self._make_session(runtime, log=log.debug, quiet_timeout_s=_QUIET_TIMEOUT_S)
            session.start()
            self._session, self._runtime = session, runtime
        return self._session

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
