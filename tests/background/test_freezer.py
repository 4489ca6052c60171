# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The freezer's side of the conversation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from farm_addon.background.crashes import BlenderCrashedError
from farm_addon.background.freezer import BackgroundFreezer
from farm_addon.background.runtime import BlenderRuntime, RuntimeKind
from farm_addon.background.session import BlenderSession
from farm_addon.core.errors import BlenderError
from farm_addon.core.planning.scene_facts import BlenderBuild, FileFacts
from farm_addon.core.ports import FreezeJob, FrozenJob
from farm_addon.core.provenance import Provenance
from tests.fakes.odd_blender import OddBlender

FACTS = FileFacts(
    "/a.blend", (4, 5, 0), BlenderBuild((4, 5, 0), (4, 5, 92), "odd", "/b", False), "Scene", ()
)


class Bench:
    """A freezer, and how often it has started a Blender."""

    def __init__(self, folder: Path) -> None:
        self.odd = OddBlender()
        self.news: list[tuple[str, int, int]] = []
        self.freezer = BackgroundFreezer(
            BlenderRuntime(RuntimeKind.EXECUTABLE, Path("/b")),
            folder / "freeze.log",
            lambda *news: self.news.append(news),
            make_session=partial(BlenderSession, start_child=self.odd),
        )

    @property
    def starts(self) -> int:
        return len(self.odd.arguments)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    with bench.freezer:
        yield bench


def write_facts(path: Path, answer: object) -> Path:
    path.write_text(json.dumps(answer))
    return path


def freeze_job(name: str, scene: str = "Scene") -> FreezeJob:
    provenance = Provenance("ep01", "id", name, 1, "0" * 32)
    return FreezeJob(name, scene, Path(f"/v/store/{name}.blend"), "PNG", provenance)


def test_nothing_is_started_before_the_first_question(bench: Bench) -> None:
    assert bench.starts == 0
    assert bench.freezer.build().version == (4, 5, 0)
    assert bench.starts == 1


def test_one_blender_answers_all_questions(bench: Bench, tmp_path: Path) -> None:
    blend = write_facts(tmp_path / "a.blend", {"facts": FACTS.to_json()})
    assert bench.freezer.read(blend) == FACTS
    assert bench.freezer.read(blend) == FACTS
    list(bench.freezer.freeze(blend, [freeze_job("a")]))
    assert bench.starts == 1
    assert bench.odd.arguments[0][2] == {"user_preferences": False, "autoexec": False}


def test_progress_is_passed_on(bench: Bench, tmp_path: Path) -> None:
    bench.freezer.read(write_facts(tmp_path / "a.blend", {"facts": FACTS.to_json()}))
    list(bench.freezer.freeze(tmp_path / "a.blend", [freeze_job("a")]))
    assert bench.news == [("opening", 0, 0), ("freezing a", 0, 1)]


def test_frozen_jobs_come_in_order(bench: Bench) -> None:
    jobs = [freeze_job("a"), freeze_job("b")]
    frozen = list(bench.freezer.freeze(Path("/a.blend"), jobs))
    assert frozen == [FrozenJob(job.job, job.target) for job in jobs]


def test_answer_about_another_job_is_refused(bench: Bench) -> None:
    with pytest.raises(BlenderError, match="'another' out of turn"):
        list(bench.freezer.freeze(Path("/a.blend"), [freeze_job("a", scene="liar")]))


@pytest.mark.parametrize("answer", [{}, {"facts": 1}, {"facts": {"path": "/a"}}])
def test_facts_that_are_none_are_refused(bench: Bench, tmp_path: Path, answer: object) -> None:
    with pytest.raises(BlenderError, match="cannot be understood"):
        bench.freezer.read(write_facts(tmp_path / "a.blend", answer))


def test_crash_names_the_file_and_the_next_question_starts_another(
    bench: Bench, tmp_path: Path
) -> None:
    with pytest.raises(
        BlenderCrashedError, match=r"SIGSEGV while it was reading '/v/crash\.blend'"
    ):
        bench.freezer.read(Path("/v/crash.blend"))
    assert bench.freezer.read(write_facts(tmp_path / "a.blend", {"facts": FACTS.to_json()}))
    assert bench.starts == 2
