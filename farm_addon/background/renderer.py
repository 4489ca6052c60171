# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendering frames with a background Blender."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from ..core.errors import BlenderError
from .messages import Progress, RenderedFrame
from .session import BlenderSession


def render_frames(
    session: BlenderSession,
    blend: Path,
    *,
    scene: str | None,
    output: str,
    file_format: str | None,
    frames: Sequence[int],
    on_progress: Callable[[str, int, int], None] = lambda text, done, total: None,
    quiet_timeout_s: float | None = None,
) -> Iterator[RenderedFrame]:
    """Render frames one after the other and yield what became of each, as soon as it is done.

    Files that are there already are left as they are. A session that is asked again for the same
    file, unchanged, does not load it again.

    :param session: started; best with the user's preferences, which choose the GPU.
    :param scene: its name, or None for the scene that is active in the file.
    :param output: absolute path without extension, with ``######`` for the frame's number.
    :param file_format: Blender's API identifier, or None for the scene's own.
    :param frames: rendered in this order.
    :param on_progress: called with a text, frames done and frames in all.
    :param quiet_timeout_s: as in :meth:`.session.BlenderSession.request`.
    :raises BlenderError: if Blender says no: the file cannot be opened, the scene is missing, a
        file cannot be written. Frames that were yielded before stay.
    :raises BlenderCrashedError: if it dies; frames that were yielded before stay.
    """
    messages = session.request(
        "render",
        doing=f"rendering '{blend}'",
        quiet_timeout_s=quiet_timeout_s,
        blend=str(blend),
        scene=scene,
        output=output,
        file_format=file_format,
        frames=list(frames),
    )
    waiting = list(frames)
    with closing(messages):
        for message in messages:
            if isinstance(message, Progress):
                on_progress(message.text, message.done, message.total)
                continue
            rendered = _read_frame(message.data)
            if not waiting or rendered.frame != waiting.pop(0):
                raise BlenderError(f"Blender told of frame {rendered.frame} out of turn")
            yield rendered
    if waiting:
        raise BlenderError(f"Blender told nothing of frame {waiting[0]} of '{blend}'")


def _read_frame(data: dict[str, object]) -> RenderedFrame:
    try:
        return RenderedFrame.from_json(data)
    except (KeyError, TypeError, ValueError) as ex:
        raise BlenderError("what Blender told of a frame cannot be understood") from ex
