# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small studio for examples: two shots and a still, which share a library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from farm_addon.core.ports import RemoteWorker
from tests.cli.conftest import Cli
from tests.fakes.farm import dependency, file_facts, scene_facts

RELEASE = "ep01"


class Studio:
    """A volume with the files of release ep01, in a state to choose.

    ``sh010`` and ``sh020`` have three frames each and use ``chair.blend``; ``poster`` is a still.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cli = Cli(root)
        self.cli.manager.storage = str(root)
        self.cli.manager.known_workers = (RemoteWorker("w1", "node1", "awake"),)
        self.cli("init", str(root), "--name", "Studio")
        shots = root / "shots"
        shots.mkdir()
        self.chair = shots / "chair.blend"
        self.chair.write_bytes(b"a chair")
        self.blends = [shots / f"{name}.blend" for name in ("sh010", "sh020", "poster")]
        for blend in self.blends:
            blend.write_bytes(blend.name.encode())
            name = blend.stem
            scene = scene_facts(name, frame_end=1 if name == "poster" else 3)
            uses = () if name == "poster" else (dependency(self.chair, name, kind="library"),)
            facts = file_facts(str(blend), scene, dependencies=uses)
            self.cli.freezer.facts[blend] = facts

    def bring_to(self, state: str) -> None:
        """Bring the release into a state."""
        after, step = STATES[state]
        if after:
            self.bring_to(after)
        step(self)

    def run(self, *words: str) -> None:
        """Run a command that must succeed."""
        assert self.cli(*words) == 0, self.cli.err


def _damage(studio: Studio) -> None:
    """Leave one frame cut off, as a full disk does."""
    frame = studio.root / "releases" / RELEASE / "out" / "sh010" / "000002.png"
    frame.write_bytes(frame.read_bytes()[:-5])


def _replace(studio: Studio) -> None:
    """Change the chair after the delivery, and render what shows it anew."""
    studio.chair.write_bytes(b"a better chair")
    studio.run("replace", "release", RELEASE, "--stale", "--yes")
    studio.cli.manager.render()


STATES: dict[str, tuple[str, Callable[[Studio], object]]] = {
    "new": ("", lambda _: None),
    "planned": ("new", lambda s: s.run("plan", "release", RELEASE, *map(str, s.blends))),
    "submitted": ("planned", lambda s: s.run("submit", "release", RELEASE)),
    "rendered": ("submitted", lambda s: s.cli.manager.render()),
    "damaged": ("rendered", _damage),
    "stale": ("rendered", lambda s: s.chair.write_bytes(b"a better chair")),
    "harvested": ("rendered", lambda s: s.run("harvest", "release", RELEASE)),
    "replaced": ("harvested", _replace),
    "archived": ("harvested", lambda s: s.run("archive", "release", RELEASE, "--yes")),
}
"""State → the state before it, and what leads from there to it."""
