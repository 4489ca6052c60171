# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archiving: what it refuses, what it clears away, what it keeps."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.archiving.archive import archive_release, verify
from farm_addon.core.archiving.readiness import Readiness, judge_archiving
from farm_addon.core.errors import (
    BlockedError,
    ManagerError,
    ManagerUnreachableError,
    UsageError,
    VolumeError,
)
from farm_addon.core.release.release_store import read_release, write_release
from farm_addon.core.workspace import Workspace
from tests.core.flow import NAME, Flow
from tests.fakes.farm import file_facts, scene_facts


@pytest.fixture
def flow(workspace: Workspace, tmp_path: Path) -> Flow:
    return Flow(workspace, tmp_path / "work")


def deliver(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.harvest()


def inside(flow: Flow) -> set[str]:
    with tarfile.open(flow.workspace.volume.archive(NAME)) as archive:
        return {name.removeprefix(f"{NAME}/") for name in archive.getnames()}


def judge(flow: Flow, **options: bool) -> Readiness:
    managers = {flow.manager.address: flow.manager}
    store = read_release(flow.workspace, NAME)
    return judge_archiving(flow.workspace, store, managers, **options)


def folder(flow: Flow) -> Path:
    return flow.workspace.volume.release_folder(NAME)


def test_everything_of_the_release_and_its_delivery_is_inside(flow: Flow) -> None:
    deliver(flow)
    files = {path.relative_to(folder(flow)) for path in folder(flow).rglob("*") if path.is_file()}
    delivered = {path.name for path in flow.dist.iterdir()}
    flow.archive()
    wanted = {f"release/{path.as_posix()}" for path in files} | {f"dist/{one}" for one in delivered}
    assert inside(flow) == wanted | {"ARCHIVE.json", "SHA256SUMS"}
    assert not folder(flow).exists()
    assert {path.name for path in flow.dist.iterdir()} == delivered
    assert not flow.manager.stored


def test_archiving_again_says_that_it_is_done(flow: Flow) -> None:
    deliver(flow)
    first = flow.archive()
    again = flow.archive()
    assert (again.sha256, again.files, again.jobs_deleted) == (first.sha256, first.files, 0)


def test_a_kept_release_lives_on_beside_its_archive(flow: Flow) -> None:
    deliver(flow)
    archived = flow.archive(is_kept=True)
    assert archived.is_kept
    assert flow.release().kept_sha256 == archived.sha256
    assert len(flow.manager.stored) == 2
    assert flow.submit().posted == ()
    assert verify(flow.workspace, NAME).sha256 == archived.sha256


def test_a_kept_archive_is_replaced_only_by_a_verified_one(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(flow)
    first = flow.archive(is_kept=True)
    (folder(flow) / "reports" / "notes.txt").write_bytes(b"approved")
    with monkeypatch.context() as patch:
        patch.setattr("farm_addon.core.archiving.making.write_archive", _write_less)
        with pytest.raises(VolumeError, match="does not hold"):
            flow.archive(is_kept=True)
    assert verify(flow.workspace, NAME).sha256 == first.sha256
    second = flow.archive(is_kept=True)
    assert second.sha256 != first.sha256
    assert "release/reports/notes.txt" in inside(flow)
    third = flow.archive()
    assert not third.is_kept
    assert not folder(flow).exists()
    assert "release/reports/notes.txt" in inside(flow)


def _write_less(output, label, members, on_bytes):  # type: ignore[no-untyped-def]
    """Write an archive that is sound, but says another thing about a file than what was read."""
    from farm_addon.core.archiving.archive_writer import write_archive

    done = write_archive(output, label, members, on_bytes)
    return [replace(done[0], sha256="0" * 64), *done[1:]]


def test_an_archive_of_another_release_of_this_name_is_never_replaced(flow: Flow) -> None:
    deliver(flow)
    flow.archive(is_kept=True)
    header = folder(flow) / "release.json"
    data = {**json.loads(header.read_text()), "release_id": "6f7c1e6e-3b58-4a0e-9a71-0c6f1c2d3e4f"}
    header.write_text(json.dumps(data))
    before = flow.workspace.volume.archive(NAME).read_bytes()
    with pytest.raises(VolumeError, match="not made from this release"):
        flow.archive()
    assert flow.workspace.volume.archive(NAME).read_bytes() == before


def test_as_is_cancels_what_runs_and_takes_what_is_there(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render("ep01/pack_B")
    waits: list[float] = []
    object.__setattr__(flow.workspace, "wait", waits.append)
    archived = flow.archive(is_as_is=True)
    assert (archived.jobs_cancelled, archived.jobs_deleted) == (1, 2)
    assert sum(waits) == 15.0
    assert "release/out/pack_B/000001.png" in inside(flow)
    assert not folder(flow).exists()


def test_as_is_says_what_it_means(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render("ep01/pack_B")
    ready = judge(flow, is_as_is=True)
    assert [(one.severity.value, one.subject, one.message) for one in ready.findings] == [
        ("warning", "Job ‘pack_A’", "it is still queued; it will be cancelled"),
        ("warning", "Job ‘pack_B’", "its frames were not harvested"),
    ]


def test_a_kept_release_is_never_cancelled(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    with pytest.raises(BlockedError) as caught:
        flow.archive(is_as_is=True, is_kept=True)
    assert {one.code for one in caught.value.findings if one.severity.value == "error"} == {
        "job-running"
    }
    assert {job.status for job in flow.manager.stored.values()} == {"queued"}


def test_a_job_that_comes_back_keeps_a_release_from_being_archived(flow: Flow) -> None:
    flow.plan()
    flow.submit()

    def come_back(_seconds: float) -> None:
        for job in flow.manager.stored.values():
            flow.manager.stored[job.id] = replace(job, status="active")

    object.__setattr__(flow.workspace, "wait", come_back)
    with pytest.raises(ManagerError, match="came back"):
        flow.archive(is_as_is=True)
    assert not flow.workspace.volume.archive(NAME).exists()


def test_many_jobs_that_were_not_harvested_are_one_finding(flow: Flow) -> None:
    scenes = [scene_facts(f"S{number:02d}", frame_end=1) for number in range(12)]
    flow.facts = lambda: file_facts(str(flow.blend), *scenes)  # type: ignore[method-assign]
    flow.plan()
    (finding,) = judge(flow).findings
    assert finding.message.startswith("the frames of 12 jobs were not harvested: pack_S00, ")


def test_a_delivery_that_is_there_in_part_is_counted(flow: Flow) -> None:
    deliver(flow)
    store = read_release(flow.workspace, NAME)
    state = store.release.jobs["pack_A"]
    state.delivered = (replace(state.delivered[0], frames=type(state.plan.frames).parse("1")),)
    managers = {flow.manager.address: flow.manager}
    (finding,) = judge_archiving(flow.workspace, store, managers).findings
    assert finding.message == "2 of its 3 frames were not harvested"


def test_what_was_delivered_and_is_gone_stops_it_unless_as_is(flow: Flow) -> None:
    """The archive that it was restored from may be the last one that holds the frame."""
    deliver(flow)
    flow.archive()
    flow.restore()
    archive = flow.workspace.volume.archive(NAME)
    before = archive.read_bytes()
    lost = min(flow.dist.iterdir())
    lost.unlink()
    with pytest.raises(BlockedError) as caught:
        flow.archive()
    (finding,) = caught.value.findings
    assert (finding.code, lost.name in finding.message) == ("lost", True)
    assert "--as-is" in finding.fix
    assert archive.read_bytes() == before
    flow.archive(is_as_is=True)
    assert f"dist/{lost.name}" not in inside(flow)


def test_a_manager_that_cannot_be_asked_stops_it_unless_as_is(flow: Flow) -> None:
    deliver(flow)
    with write_release(flow.workspace, NAME, "archive", is_archiving=True) as store:
        with pytest.raises(BlockedError) as caught:
            archive_release(flow.workspace, store, {})
        assert [one.code for one in caught.value.findings] == ["manager-silent"]
        archived = archive_release(flow.workspace, store, {}, is_as_is=True)
    assert archived.jobs_deleted == 0
    assert len(flow.manager.stored) == 2


def test_a_manager_that_falls_silent_is_a_finding(flow: Flow) -> None:
    deliver(flow)

    def silent(_what: str) -> None:
        raise ManagerUnreachableError("connection refused")

    flow.manager.before_answer = silent
    with pytest.raises(BlockedError) as caught:
        flow.archive()
    assert [one.code for one in caught.value.findings] == ["manager-silent"]
    assert flow.workspace.volume.archives.exists() is False


def test_a_name_that_is_not_legal_everywhere_is_said_before_anything_is_written(
    flow: Flow,
) -> None:
    deliver(flow)
    notes = folder(flow) / "reports" / "what: now?.txt"
    notes.write_bytes(b"x")
    with pytest.raises(VolumeError, match="not legal everywhere"):
        flow.archive()
    notes.rename(notes.with_name("what now.txt"))
    flow.archive()
    assert "release/reports/what now.txt" in inside(flow)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_twins_are_said_before_anything_is_written(flow: Flow) -> None:
    deliver(flow)
    for name in ("Notes.txt", "notes.txt"):
        (folder(flow) / "reports" / name).write_bytes(b"x")
    with pytest.raises(VolumeError, match="in case or Unicode form alone"):
        flow.archive()
    assert flow.manager.stored


def _change(report: Path) -> None:
    content = report.read_bytes()
    report.write_bytes(b" " + content[:-1])


@pytest.mark.parametrize(
    ("disturb", "what"),
    [
        (_change, "changed"),
        (lambda report: report.unlink(), "vanished"),
        (lambda report: report.with_name("late.txt").write_bytes(b"x"), "was made"),
    ],
)
def test_what_happens_to_a_file_while_it_is_archived_stops_it(
    flow: Flow, disturb: Callable[[Path], object], what: str
) -> None:
    deliver(flow)

    def on_status(text: str) -> None:
        if text.startswith("verifying"):
            disturb(folder(flow) / "reports" / "harvest.json")

    flow.workspace.reporter.status = on_status  # type: ignore[method-assign]
    with pytest.raises(VolumeError, match=f"{what} while it was archived"):
        flow.archive()
    assert flow.manager.stored
    assert folder(flow).is_dir()
    assert list(flow.workspace.volume.archives.iterdir()) == []


def test_verifying_what_is_not_there_is_said(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="there is no archive"):
        verify(workspace, "nobody")
