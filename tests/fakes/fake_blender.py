# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Something that is started like a background Blender and talks like one; renders small PNGs.

A "file" for it is a JSON object: ``seconds`` per frame, ``crash`` (frame → how many times its
render kills the process), ``truncate`` (frame → how many times it is written half), ``missing``
(frames that are never written), ``error`` (what the request is refused with), ``views``.
It keeps its counts beside the file. Run as a program it is the child; imported, it makes one.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import threading
import time
import zlib
from pathlib import Path
from typing import Any

BUILD = {
    "version": [5, 2, 2],
    "version_file": [5, 2, 0],
    "build_hash": "fake",
    "program": sys.argv[0],
    "is_wheel": False,
}


def install(folder: Path) -> Path:
    """Make an executable in a folder that runs this file as the child; return its path."""
    program = folder / "blender"
    program.write_text(f"#!{sys.executable} -I\n" + Path(__file__).read_text(encoding="utf-8"))
    program.chmod(0o755)
    return program


def write_file(path: Path, **script: Any) -> Path:
    """Write a "file" that the child can render."""
    path.write_text(json.dumps(script))
    return path


def picture(shade: int) -> bytes:
    """Return a small grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    rows = (b"\0" + bytes([shade % 256] * 16)) * 16
    header = struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


class Child:
    """The child process."""

    def __init__(self, token: str) -> None:
        self._token = token

    def say(self, kind: str, **members: Any) -> None:
        print(self._token, json.dumps({"kind": kind, **members}), flush=True)  # noqa: T201

    def serve(self) -> None:
        print(f"Blender 5.2.2 arguments: {sys.argv[1:]}", flush=True)  # noqa: T201
        self.say("hello", build=BUILD, has_openimageio=False)
        threading.current_thread().name = "fake"
        for line in sys.stdin:
            request = json.loads(line)
            worker = threading.Thread(target=self.answer, args=(request,), daemon=True)
            worker.start()
        os._exit(0)

    def answer(self, request: dict[str, Any]) -> None:
        blend = Path(request["blend"])
        script = json.loads(blend.read_text())
        if script.get("error"):
            self.say("error", id=request["id"], message=script["error"], hint="", detail="")
            return
        for frame in request["frames"]:
            self.render(request, script, blend, frame)
        self.say("result", id=request["id"], result={})

    def render(
        self, request: dict[str, Any], script: dict[str, Any], blend: Path, frame: int
    ) -> None:
        written = []
        for view in script.get("views", [""]):
            head, _, tail = request["output"].rpartition("######")
            path = Path(f"{head}{frame:06d}{view}{tail}.png")
            if path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            time.sleep(script.get("seconds", 0.0))
            content = picture(frame)
            if spent(blend, script, "crash", frame):
                path.write_bytes(content[: len(content) // 2])
                os.kill(os.getpid(), 9)
            if frame in script.get("missing", []):
                continue
            half = spent(blend, script, "truncate", frame)
            path.write_bytes(content[: len(content) // 2] if half else content)
            print(f"Saved: '{path}'", flush=True)  # noqa: T201
            written.append(str(path))
        item = {"frame": frame, "files": written, "skipped": not written, "seconds": 0.01}
        self.say("item", id=request["id"], item=item)


def spent(blend: Path, script: dict[str, Any], kind: str, frame: int) -> bool:
    """Tell whether a misfortune is still due, and count it."""
    times = script.get(kind, {}).get(str(frame), 0)
    counter = blend.with_name(f"{blend.name}.{kind}.{frame}")
    so_far = len(counter.read_bytes()) if counter.exists() else 0
    if so_far >= times:
        return False
    with open(counter, "ab") as file:
        file.write(b"x")
    return True


if __name__ == "__main__":
    Child(sys.argv[sys.argv.index("--prefix") + 1]).serve()
