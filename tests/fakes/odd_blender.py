# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A child that speaks the protocol of a background Blender, well or badly, as each request asks.

Run as a program it is the child. Imported, it makes functions that start it: what a session takes
as ``start_child``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BUILD = {
    "version": [4, 5, 0],
    "version_file": [4, 5, 92],
    "build_hash": "odd",
    "program": "/somewhere/blender",
    "is_wheel": False,
}


class OddBlender:
    """Starts the child.

    :param manner: how it behaves before the first request: ``good``, ``silent``, ``dies``,
        ``old``, ``rude`` (its first message is no greeting), ``deaf`` (outlives its stdin).
    """

    def __init__(self, manner: str = "good") -> None:
        self._manner = manner
        self.arguments: list[tuple[str, list[str], dict[str, bool]]] = []

    def __call__(
        self,
        runtime: object,
        module: str,
        args: Sequence[str] = (),
        *,
        user_preferences: bool = False,
        autoexec: bool = False,
    ) -> subprocess.Popen[bytes]:
        flags = {"user_preferences": user_preferences, "autoexec": autoexec}
        self.arguments.append((module, list(args), flags))
        return subprocess.Popen(
            [sys.executable, "-I", str(Path(__file__)), self._manner, *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
        )


class Child:
    """The child process."""

    def __init__(self, manner: str, token: str) -> None:
        self.token = token
        self.manner = manner
        self.opened: list[str] = []

    def say(self, kind: str, **members: Any) -> None:
        self.line(f"{self.token} {json.dumps({'kind': kind, **members})}")

    def line(self, text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def talk(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def run(self) -> None:
        self.talk("starting up")
        self.line("Blender 4.5.0 (as others print it)")
        if self.manner == "dies":
            self.talk("ImportError: no module named bpy")
            os._exit(1)
        if self.manner == "silent":
            threading.Event().wait()
        if self.manner == "rude":
            self.say("result", id=0, result={})
        build = BUILD | ({"version": [4, 1, 1]} if self.manner == "old" else {})
        self.say("hello", build=build, has_openimageio=False)
        for text in sys.stdin:
            request = json.loads(text)
            getattr(self, "op_" + request["op"])(request["id"], request)
        if self.manner == "deaf":
            threading.Event().wait()

    # --- operations, named as they are asked for ------------------------------------------------

    def op_echo(self, number: int, request: dict[str, Any]) -> None:
        self.say("progress", id=number, text="half way", done=1, total=2)
        self.line("some add-on prints this")
        self.say("item", id=number, item={"part": 1})
        self.say("result", id=number, result=request)

    def op_refuse(self, number: int, request: dict[str, Any]) -> None:
        self.say("error", id=number, message="it cannot", hint="try that", detail="Traceback …")

    def op_exit(self, number: int, request: dict[str, Any]) -> None:
        self.say("progress", id=number, text="frame 7", done=1, total=2)
        self.talk("out of memory")
        os._exit(request["status"])

    def op_crash(self, number: int, request: dict[str, Any]) -> None:
        os.kill(os.getpid(), signal.SIGABRT)

    def op_hang(self, number: int, request: dict[str, Any]) -> None:
        self.line("not a message")
        threading.Event().wait()

    def op_close_stdout(self, number: int, request: dict[str, Any]) -> None:
        os.close(1)
        threading.Event().wait()

    def op_slow(self, number: int, request: dict[str, Any]) -> None:
        for step in range(request["steps"]):
            self.say("progress", id=number, text=f"step {step}", done=step, total=request["steps"])
            threading.Event().wait(request["seconds"])
        self.say("result", id=number, result={})

    def op_rubbish(self, number: int, request: dict[str, Any]) -> None:
        self.line(self.token + " " + request["text"])
        threading.Event().wait()

    def op_other_token(self, number: int, request: dict[str, Any]) -> None:
        right, self.token = self.token, "0" * len(self.token)
        self.say("result", id=number, result={"from": "somebody else"})
        self.token = right
        self.line(f"said in passing: {self.token} {{}}")
        self.say("result", id=number, result={"from": "me"})

    def op_flood(self, number: int, request: dict[str, Any]) -> None:
        """Send a large message while other threads print."""
        is_over = threading.Event()

        def chatter() -> None:
            while not is_over.is_set():
                self.talk("x" * 200)

        thread = threading.Thread(target=chatter)
        thread.start()
        self.say("result", id=number, result={"text": "y" * request["size"]})
        is_over.set()
        thread.join()

    def op_items(self, number: int, request: dict[str, Any]) -> None:
        for item in request["items"]:
            self.say("item", id=number, item=item)
        self.say("result", id=number, result=request.get("result", {}))

    # --- what the real one is asked for ---------------------------------------------------------

    def op_read(self, number: int, request: dict[str, Any]) -> None:
        self.say("progress", id=number, text="opening", done=0, total=0)
        if request["blend"].endswith("crash.blend"):
            os.kill(os.getpid(), signal.SIGSEGV)
        self.say("result", id=number, result=json.loads(Path(request["blend"]).read_text()))

    def op_freeze(self, number: int, request: dict[str, Any]) -> None:
        for job in request["jobs"]:
            name = job["job"] if job["scene"] != "liar" else "another"
            self.say("progress", id=number, text=f"freezing {name}", done=0, total=1)
            item = {"job": name, "target": job["target"], "findings": []}
            self.say("item", id=number, item=item)
        self.say("result", id=number, result={})

    def op_decode(self, number: int, request: dict[str, Any]) -> None:
        for path in request["paths"]:
            if path.endswith("killer.exr"):
                os.kill(os.getpid(), signal.SIGSEGV)
            verdict = {
                "path": path,
                "problem": "",
                "format_name": "openexr",
                "width_px": 4,
                "height_px": 2,
                "channels": 3,
                "note": "n",
                "metadata": {"Note": "n"},
                "is_black": False,
                "bad_pixels": 0,
                "pixels_digest": "",
            }
            self.say("item", id=number, item=verdict)
        self.say("result", id=number, result={"formats": ["openexr", "png"]})


if __name__ == "__main__":
    Child(sys.argv[1], sys.argv[sys.argv.index("--prefix") + 1]).run()
