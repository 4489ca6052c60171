# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that a background Blender runs: answers requests until its stdin closes.

Which requests there are and what they say is told in docs/design.md, "The conversation with a
background Blender". One is worked on at a time, in Blender's main thread.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import queue
import shutil
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import bpy

from ...background import lifeline
from ...background.messages import (
    freeze_job_from_json,
    frozen_job_to_json,
    preview_from_json,
)
from ...core.errors import FarmError, UsageError
from ...decoding.verdict_json import verdict_to_json
from . import decode, freeze, previews, read_scenes
from .channel import Channel, Request
from .render import Renderer, RenderRequest

log = logging.getLogger(__name__)


class Server:
    """Answers requests.

    :param allow_scripts: scripts inside files that are rendered may run.
    """

    def __init__(self, channel: Channel, *, allow_scripts: bool) -> None:
        self._channel = channel
        self._renderer = Renderer(allow_scripts=allow_scripts)
        self._operations = {
            "read": self._read,
            "freeze": self._freeze,
            "render": self._render,
            "decode": self._decode,
            "preview": self._preview,
        }

    def answer(self, line: bytes) -> None:
        """Carry out one request and send its result or its error."""
        data = json.loads(line)
        number, op = int(data["id"]), str(data["op"])
        try:
            with Request(self._channel, number) as request:
                result = self._operation(op)(data, request)
        except FarmError as ex:
            self._fail(number, ex.message, hint=ex.hint)
        except Exception as ex:
            log.exception("the request '%s' failed", op)
            message = f"Blender could not {op} ({type(ex).__name__}: {ex})"
            self._fail(number, message, detail=traceback.format_exc())
        else:
            self._channel.send("result", id=number, result=result)

    def _operation(self, op: str) -> Any:
        if op not in self._operations:
            raise UsageError(f"a background Blender knows no '{op}'")
        return self._operations[op]

    def _fail(self, number: int, message: str, *, hint: str = "", detail: str = "") -> None:
        self._channel.send("error", id=number, message=message, hint=hint, detail=detail)

    # --- operations -----------------------------------------------------------------------------

    def _read(self, data: dict[str, Any], request: Request) -> dict[str, Any]:
        self._renderer.forget()
        return {"facts": read_scenes.read_file(str(data["blend"])).to_json()}

    def _freeze(self, data: dict[str, Any], request: Request) -> dict[str, Any]:
        self._renderer.forget()
        jobs = [freeze_job_from_json(job) for job in data["jobs"]]
        for frozen in freeze.freeze(str(data["blend"]), jobs, progress=request.progress):
            request.item(frozen_job_to_json(frozen))
        return {}

    def _render(self, data: dict[str, Any], request: Request) -> dict[str, Any]:
        what = RenderRequest.from_json(data)
        for rendered in self._renderer.render(what, request.progress):
            request.item(rendered.to_json())
        return {}

    def _decode(self, data: dict[str, Any], request: Request) -> dict[str, Any]:
        for verdict in decode.decode_files([str(path) for path in data["paths"]]):
            request.item(verdict_to_json(verdict))
        return {"formats": decode.format_names()}

    def _preview(self, data: dict[str, Any], request: Request) -> dict[str, Any]:
        wanted = [preview_from_json(one) for one in data["wanted"]]
        return {"is_written": previews.write_previews(str(data["source"]), wanted)}


class SessionFolder:
    """Blender's temporary folder for this process, which stays behind when it leaves at once."""

    def __init__(self) -> None:
        self._path = ""
        self.look()

    def look(self) -> None:
        """Note where it is now; in the main thread."""
        path = os.path.normpath(bpy.app.tempdir)
        # Where Blender could make none, this is the folder of everybody's temporary files.
        self._path = path if os.path.basename(path).startswith("blender_") else ""

    def remove(self) -> None:
        """Remove it; in any thread."""
        if self._path:
            shutil.rmtree(self._path, ignore_errors=True)


def main(argv: Sequence[str]) -> None:
    """Greet, then answer until stdin closes; the lifeline ends the process then."""
    parser = argparse.ArgumentParser(prog="farm_addon.blender.inside.serve")
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--allow-scripts", action="store_true")
    options = parser.parse_args(argv)
    channel = Channel(options.prefix)
    folder = SessionFolder()
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    lifeline.hold(requests.put, before_leaving=folder.remove)
    server = Server(channel, allow_scripts=options.allow_scripts)
    channel.send(
        "hello",
        build=read_scenes.build().to_json(),
        has_openimageio=decode.seems_to_have_openimageio(),
    )
    while True:
        server.answer(requests.get())
        folder.look()


if __name__ == "__main__":
    main(sys.argv[1:])
