# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses what decodes frames; decodes them in a background Blender, which has OpenImageIO."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from ..core.errors import BlenderError
from ..core.ports import FrameVerdict
from ..decoding import images
from ..decoding.decoder import RULES, LocalDecoder
from ..decoding.verdict_cache import VersionedDecoder
from ..decoding.verdict_json import verdict_from_json
from .crashes import BlenderCrashedError
from .layered_decoder import LayeredDecoder
from .messages import Item
from .runtime import BlenderRuntime
from .session import BlenderSession

log = logging.getLogger(__name__)

_BATCH = 200  # paths per request
_QUIET_TIMEOUT_S = 300.0


def choose_decoder(
    find: Callable[[], BlenderRuntime | None], log_path: Path | None = None
) -> AbstractContextManager[VersionedDecoder]:
    """Return the best decoder there is, as a context manager that ends what it started.

    OpenImageIO in this Python, with a background Blender for the formats that it lacks; without
    it, a background Blender for all. One is started at the first question that needs it; where
    it has no OpenImageIO either, PNG alone is decoded, in pure Python.

    :param find: called at the first question, for the Blender to ask; None where there is none.
    :param log_path: takes that Blender's talk.
    """
    if not images.is_available():
        return BackgroundDecoder(find, log_path)
    return _local_first(BackgroundDecoder(find, log_path))


@contextmanager
def _local_first(blender: BackgroundDecoder) -> Iterator[VersionedDecoder]:
    with blender:
        yield LayeredDecoder(blender.fallback, blender)


class BackgroundDecoder:
    """Implements :class:`farm_addon.core.ports.FrameDecoder`; may be used from several threads.

    :param find: see :func:`choose_decoder`.
    :param fallback: decodes where no Blender can.
    """

    def __init__(
        self,
        find: Callable[[], BlenderRuntime | None],
        log_path: Path | None = None,
        *,
        fallback: LocalDecoder | None = None,
        make_session: Callable[..., BlenderSession] = BlenderSession,
    ) -> None:
        self._find = find
        self._sink = log_path or log.debug
        self.fallback = fallback or LocalDecoder()
        self._make_session = make_session
        self._lock = threading.Lock()
        self._runtime: BlenderRuntime | None = None
        self._formats: frozenset[str] | None = None
        self._session: BlenderSession | None = None

    def __enter__(self) -> BackgroundDecoder:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """End the background Blender, if there is one."""
        with self._lock:
            self._end_session()

    @property
    def version(self) -> str:
        """What judges, told without starting it: the program and when it was changed last."""
        with self._lock:
            runtime = self._runtime = self._runtime or self._find()
        if runtime is None:
            return self.fallback.version
        try:
            changed_ns = runtime.program.stat().st_mtime_ns
        except OSError:
            changed_ns = 0
        return f"rules {RULES}, {runtime.text()} {changed_ns}"

    def can_decode(self, format_name: str) -> bool:
        """Tell whether files of this format can be decoded here."""
        with self._lock:
            formats = self._known_formats()
        return format_name in formats if formats else self.fallback.can_decode(format_name)

    def decode(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        """Yield one verdict per path, in order.

        A file at which Blender crashes gets a verdict that says so.

        :raises BlenderError: if Blender can no longer be started.
        """
        with self._lock:
            formats = self._known_formats()
        if not formats:
            yield from self.fallback.decode(paths)
            return
        for start in range(0, len(paths), _BATCH):
            with self._lock:
                verdicts = list(self._decode_batch(paths[start : start + _BATCH]))
            yield from verdicts

    def _decode_batch(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        done = 0
        try:
            for verdict in self._request(paths):
                done += 1
                yield verdict
        except BlenderCrashedError as ex:
            if len(paths) == 1:
                log.warning("%s; %s", ex.message, ex.hint)
                yield FrameVerdict(paths[0], "a Blender that tried to decode it did not survive")
                return
            # It decodes ahead: which file it was shows only when each is asked for alone.
            for path in paths[done:]:
                yield from self._decode_batch([path])

    def _request(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        doing = f"decoding '{paths[0]}'" + (f" and {len(paths) - 1} more" if paths[1:] else "")
        messages = self._living().request("decode", doing=doing, paths=[str(p) for p in paths])
        waiting = list(paths)
        with closing(messages):
            for message in messages:
                if isinstance(message, Item):
                    verdict = _read_verdict(message)
                    if not waiting or verdict.path != waiting.pop(0):
                        raise BlenderError(f"Blender told of '{verdict.path}' out of turn")
                    yield verdict
        if waiting:
            raise BlenderError(f"Blender told nothing of '{waiting[0]}'")

    def _known_formats(self) -> frozenset[str]:
        """Return what a Blender can decode, after one was asked; empty where none can."""
        if self._formats is None:
            try:
                self._formats = self._ask_formats()
            except BlenderError as ex:
                log.warning("only PNG frames can be checked: %s", ex.message)
                self._end_session()
                self._formats = frozenset()
        return self._formats

    def _ask_formats(self) -> frozenset[str]:
        self._runtime = self._runtime or self._find()
        if self._runtime is None:
            return frozenset()
        if not self._living().has_openimageio:
            raise BlenderError(f"'{self._runtime.program}' has no OpenImageIO for Python")
        answer = self._living().ask("decode", doing="looking for OpenImageIO", paths=[])
        return frozenset(map(str, answer.get("formats", ())))

    def _living(self) -> BlenderSession:
        if self._session is not None and not self._session.is_alive:
            self._end_session()
        if self._session is None:
            if self._runtime is None:
                raise BlenderError("there is no Blender to decode frames")
            session = self._make_session(
                self._runtime, log=self._sink, quiet_timeout_s=_QUIET_TIMEOUT_S
            )
            session.start()
            self._session = session
        return self._session

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _read_verdict(item: Item) -> FrameVerdict:
    try:
        return verdict_from_json(item.data)
    except (KeyError, TypeError, ValueError, AttributeError) as ex:
        raise BlenderError("what Blender told of a frame cannot be understood") from ex
