# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compacting a journal changes nothing and loses nothing, wherever it is stopped."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farm_addon.core.errors import LockedError, NewerSchemaError, RecordError
from farm_addon.core.release import events, snapshot
from farm_addon.core.release.events import Event, fold
from farm_addon.core.release.record import Release
from farm_addon.core.release.release_store import HISTORY, read_release, write_release
from farm_addon.core.release.snapshot import is_long, put_aside_before, state_event
from farm_addon.core.storage import journal
from farm_addon.core.storage.files import Files
from farm_addon.core.workspace import Workspace
from tests.core.conftest import open_workspace
from tests.core.release.histories import KINDS, NAME, RELEASE_ID, histories
from tests.fakes.stop import every_stop

PLANNED_NOTHING = ("planned", {"jobs": [], "drop": []})


def folded(events: list[Event]) -> Release:
    return fold(NAME, RELEASE_ID, events)


def compacted(events: list[Event]) -> Event:
    """Return the state as it comes out of a journal."""
    history = put_aside_before(events[0] if events else None)
    event: Event = json.loads(json.dumps(state_event(folded(events), history + 1)))
    return event


def test_every_kind_of_event_is_drawn() -> None:
    assert {*KINDS, "state"} == set(events._HANDLERS)


@given(histories(), st.data())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_compaction_at_any_place_changes_nothing(events: list[Event], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(events)), label="compacted after")
    second = data.draw(st.integers(first, len(events)), label="and again after")
    once = [compacted(events[:first]), *events[first:second]]
    assert folded(once) == folded(events[:second])
    twice = [compacted(once), *events[second:]]
    assert folded(twice) == folded(events)
    assert twice[0]["history"] == 2


@given(histories())
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_a_plan_is_written_once_however_many_attempts_share_it(events: list[Event]) -> None:
    plans = compacted(events)["plans"]
    assert len({json.dumps(plan) for plan in plans}) == len(plans)


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.pop("plans"),
        lambda event: event["plans"].clear(),
        lambda event: event["release"].update(id="another"),
        lambda event: event["release"].update(name="another"),
        lambda event: event["release"].update(applause=1),
        lambda event: event["release"]["jobs"].update({"../x": event["release"]["jobs"]["a"]}),
        lambda event: event["release"]["jobs"]["a"].update(plan="0"),
        lambda event: event["release"]["jobs"]["a"].update(current="1"),
        lambda event: event["release"]["jobs"]["a"].update(attempts={}),
        lambda event: event["release"].update(unharvesting={"id": "d", "jobs": {}}),
        lambda event: event.update(release=3),
    ],
)
def test_a_state_that_makes_no_sense_names_its_line(change: Any, workspace: Workspace) -> None:
    with write_release(workspace, NAME, "test", create=True) as store:
        store.add("planned", jobs=[plan("a")], drop=[])
        event = {**state_event(store.release, 1)}
        change(event)
        event = json.loads(json.dumps(event))
        with pytest.raises(RecordError, match="line 1 of the journal"):
            fold(NAME, store.release.id, [event])


def test_a_state_in_the_middle_of_a_journal_is_refused() -> None:
    planned = {"event": "planned", "jobs": [plan("a")], "drop": []}
    with pytest.raises(RecordError, match="line 2"):
        folded([planned, compacted([planned])])


def plan(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "source": {"volume": f"shots/{name}.blend"},
        "scene": "Main",
        "frames": "1-4",
        "width_px": 64,
        "height_px": 36,
        "engine": "CYCLES",
        "file_format": "PNG",
        "extension": ".png",
        "views": [{"name": "", "file_suffix": ""}],
        "chunk_size": 1,
        "priority": 50,
    }


# --- on the volume --------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Journals of more than five lines are long."""
    monkeypatch.setattr(snapshot, "_LINES_MIN", 5)
    monkeypatch.setattr(snapshot, "_LINES_PER_JOB", 1)


def make_long(workspace: Workspace, lines: int = 6) -> Release:
    with write_release(workspace, NAME, "test", create=True) as store:
        store.add("planned", jobs=[plan("a"), plan("b")], drop=["b"])
        store.add_many([PLANNED_NOTHING] * (lines - 1))
        return store.release


def lines_of(path: Path) -> list[Event]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_journal_is_long_beyond_two_thousand_lines_and_eight_per_job() -> None:
    assert not is_long(2000, 10)
    assert is_long(2001, 10)
    assert not is_long(2001, 1000)
    assert is_long(80_001, 10_000)


@pytest.mark.usefixtures("short")
def test_a_writer_compacts_a_long_journal_and_keeps_its_lines(workspace: Workspace) -> None:
    release = make_long(workspace)
    folder = workspace.volume.release_folder(NAME)
    before = (folder / "journal.jsonl").read_bytes()
    assert read_release(workspace, NAME).release == release  # readers compact nothing
    assert (folder / "journal.jsonl").read_bytes() == before
    with write_release(workspace, NAME, "test") as store:
        assert store.release == release
        store.add(*PLANNED_NOTHING[:1], **PLANNED_NOTHING[1])
    assert [one["event"] for one in lines_of(folder / "journal.jsonl")] == ["state", "planned"]
    assert (folder / HISTORY / "000001.jsonl").read_bytes() == before
    assert read_release(workspace, NAME).release == release
    make_long(workspace)
    with write_release(workspace, NAME, "test"):
        pass
    parts = sorted((folder / HISTORY).iterdir())
    assert [path.name for path in parts] == ["000001.jsonl", "000002.jsonl"]
    assert lines_of(folder / "journal.jsonl")[0]["history"] == 2
    # All lines that were ever written tell the same story without the states.
    every = [one for path in parts for one in lines_of(path) if one["event"] != "state"]
    assert fold(NAME, release.id, every) == read_release(workspace, NAME).release


@pytest.mark.usefixtures("short")
def test_a_farm_addon_that_does_not_know_states_refuses_a_compacted_release(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would pass over the state and take the release for an empty one."""
    make_long(workspace)
    header = workspace.volume.release_folder(NAME) / "release.json"
    assert json.loads(header.read_text())["schema"] == 1
    with write_release(workspace, NAME, "test"):
        pass
    assert json.loads(header.read_text())["schema"] == 2
    monkeypatch.setattr(journal, "SCHEMA", 1)
    with pytest.raises(NewerSchemaError, match="schema 2, known here: 1"):
        read_release(workspace, NAME)


@pytest.mark.usefixtures("short")
def test_compaction_stopped_anywhere_loses_nothing(workspace: Workspace) -> None:
    root = workspace.volume.root
    release = make_long(workspace)
    folder = workspace.volume.release_folder(NAME)
    before = (folder / "journal.jsonl").read_bytes()

    def compact(files: Files) -> None:
        with write_release(open_workspace(root, files), NAME, "test"):
            pass

    points = 0
    for _ in every_stop(compact):
        points += 1
        header = json.loads((folder / "release.json").read_text())
        first = lines_of(folder / "journal.jsonl")[0]
        assert first["event"] == "planned" or header["schema"] == 2
        assert read_release(workspace, NAME).release == release
        with write_release(workspace, NAME, "test") as store:
            assert store.release == release
        assert (folder / HISTORY / "000001.jsonl").read_bytes() == before
        assert os.listdir(folder / HISTORY) == ["000001.jsonl"]
        (folder / "journal.jsonl").write_bytes(before)
        (folder / HISTORY / "000001.jsonl").unlink()
        (folder / HISTORY).rmdir()
        header = json.loads((folder / "release.json").read_text())
        (folder / "release.json").write_text(json.dumps({**header, "schema": 1}))
    assert points > 20


@pytest.mark.usefixtures("short")
def test_a_full_disk_leaves_the_journal_long_and_stops_no_verb(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    release = make_long(workspace)
    (workspace.volume.release_folder(NAME) / HISTORY).mkdir()

    class FullDisk(Files):
        def _open(self, operation: str, path: Path, mode: str) -> Any:
            if path.parent.name == HISTORY:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super()._open(operation, path, mode)

    full = open_workspace(workspace.volume.root, FullDisk())
    with write_release(full, NAME, "test") as store:
        store.add("planned", jobs=[plan("c")], drop=[])
    assert "stays long: " in caplog.text
    assert "the disk is full" in caplog.text
    assert [*read_release(workspace, NAME).release.jobs] == [*release.jobs, "c"]


def test_a_lock_that_was_lost_meanwhile_leaves_the_journal_to_its_new_owner(
    workspace: Workspace,
) -> None:
    folder = workspace.volume.release_folder(NAME)

    def take_over(operation: str, path: Path) -> None:
        if operation == "replace" and path.parent.name == HISTORY:
            content = json.loads((folder / ".lock").read_text())
            (folder / ".lock").write_text(json.dumps({**content, "token": "ben's"}) + "\n")

    make_long(workspace)
    before = (folder / "journal.jsonl").read_bytes()
    sleepy = open_workspace(workspace.volume.root, Files(after=take_over))
    with write_release(sleepy, NAME, "test") as store, pytest.raises(LockedError):
        store.compact()
    assert (folder / "journal.jsonl").read_bytes() == before


@given(histories(max_size=15))
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_state_of_a_writer_is_the_fold_over_what_it_wrote(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event]
) -> None:
    workspace = open_workspace(tmp_path_factory.mktemp("volume") / "volume")
    with write_release(workspace, NAME, "test", create=True) as store:
        for event in events:
            kind = event.pop("event")
            store.add(kind, **event)
        assert read_release(workspace, NAME).release == store.release
        store.compact()
        assert read_release(workspace, NAME).release == store.release
