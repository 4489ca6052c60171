# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line with doubles for Blender, the Manager and the frames."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from farm_addon.app import App, Choices
from farm_addon.background.runtime import BlenderRuntime, RuntimeKind
from farm_addon.cli.__main__ import main
from farm_addon.core.ports import FrameDecoder, Manager, ManagerAddress, Reporter
from farm_addon.core.workspace import Workspace
from tests.fakes.clock import FakeClock
from tests.fakes.farm import FakeDecoder, FakeFreezer, FakeManager, file_facts, scene_facts


class FakeApp(App):
    """The real composition root, with other adapters."""

    def __init__(
        self, cli: Cli, choices: Choices, reporter: Reporter, environ: Mapping[str, str]
    ) -> None:
        super().__init__(choices, reporter, environ)
        self._cli = cli

    @cached_property
    def workspace(self) -> Workspace:
        """The real one; but time passes at once while Workers let go of a job."""
        return replace(super().workspace, wait=self._cli.clock.wait, clock=self._cli.clock)

    @property
    def clock(self) -> FakeClock:
        return self._cli.clock

    @cached_property
    def runtime(self) -> BlenderRuntime:
        return BlenderRuntime(RuntimeKind.EXECUTABLE, Path("/opt/blender"))

    @cached_property
    def freezer(self) -> FakeFreezer:  # type: ignore[override]
        return self._cli.freezer

    @cached_property
    def decoder(self) -> FrameDecoder:
        return FakeDecoder()

    @cached_property
    def user(self) -> str:
        return "mia"

    @cached_property
    def host(self) -> str:
        return "ws12"

    @property
    def here(self) -> ManagerAddress:
        return self._cli.manager.address

    def manager(self, address: ManagerAddress) -> Manager:
        return self._cli.manager if address == self.here else super().manager(address)

    def make_contact_sheet(self, paths: Any) -> bytes | None:
        return b"a picture"


@dataclass
class Cli:
    """Runs the command line on one volume."""

    root: Path
    freezer: FakeFreezer = field(default_factory=FakeFreezer)
    manager: FakeManager = field(
        default_factory=lambda: FakeManager(ManagerAddress(user="mia", host="ws12"))
    )
    clock: FakeClock = field(default_factory=FakeClock)
    out: str = ""
    err: str = ""

    def __call__(self, *argv: str, environ: Mapping[str, str] | None = None) -> int:
        stdout, stderr = io.StringIO(), io.StringIO()
        status = main(
            [*argv, "--volume", str(self.root)],
            stdout=stdout,
            stderr=stderr,
            environ=environ or {},
            make_app=lambda *arguments: FakeApp(self, *arguments),
        )
        self.out, self.err = stdout.getvalue(), stderr.getvalue()
        return status

    def json(self, *argv: str) -> dict[str, Any]:
        self(*argv, "--json")
        document: dict[str, Any] = json.loads(self.out)
        return document

    def events(self, *argv: str) -> list[dict[str, Any]]:
        self(*argv, "--events")
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def blend(tmp_path: Path) -> Path:
    path = tmp_path / "pack.blend"
    path.write_bytes(b"BLENDER")
    return path


@pytest.fixture
def cli(tmp_path: Path, blend: Path) -> Cli:
    """A volume, and a file with the scenes A (three frames) and B (one)."""
    run = Cli(tmp_path / "volume")
    scenes = scene_facts("A"), scene_facts("B", frame_end=1)
    run.freezer.facts[blend] = file_facts(str(blend), *scenes)
    assert run("init", str(run.root), "--name", "test farm") == 0
    return run
