# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stop a verb after any single file operation or request; a second run finishes its work.

The result is compared with that of a run that nobody disturbed: same jobs on the Manager, same
files, same record; nothing lost, nothing twice. The same is done with a full disk, a read-only
folder, a volume that vanishes and a silent Manager; there the verb must also say in one sentence
why it stopped.

A verb's steps are one entry of ``STEPS``. ``pytest -s`` shows the table, ``FARM_CRASH_TABLE=FILE``
writes it; ``FARM_CRASH_POINTS=all`` tries every point where a verb has more than the usual number.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.errors import UsageError
from farm_addon.core.farm_jobs.changing import (
    Change,
    change_jobs,
    changing_priority,
    pausing,
    plan_change,
    requeueing,
)
from farm_addon.core.farm_jobs.killing import kill_jobs, plan_kill
from farm_addon.core.farm_jobs.selecting import find_jobs
from farm_addon.core.release.release_store import write_release
from tests.core.crash_matrix import Row, Step, Steps, Trial, ends_with_a_sentence, table
from tests.core.disturbances import (
    ERRORS,
    Kill,
    Killed,
    RefusingFiles,
    Seam,
    Silence,
    Vanish,
)
from tests.core.flow import NAME, Flow


def lengthen_journal(flow: Flow) -> None:
    """Make the journal so long that the next writer compacts it."""
    with write_release(flow.workspace, NAME, "test") as store:
        store.add_many([("planned", {"jobs": [], "drop": []})] * 2001)


def change_library(flow: Flow) -> None:
    flow.library.write_bytes(b"a new chair")


def begin_to_render(flow: Flow) -> None:
    """Leave one frame of a job that is not at its end."""
    flow.manager.render("ep01/pack_A")
    (job,) = (one for one in flow.manager.stored.values() if one.name == "ep01/pack_A")
    flow.manager.stored[job.id] = replace(job, status="active")
    for frame in (2, 3):
        flow.frame("pack_A", frame).unlink()


def kill(flow: Flow, *, is_deleting: bool = False) -> None:
    """Cancel the release's jobs that are not at their end."""
    managers = {flow.manager.address: flow.manager}
    found = find_jobs(flow.workspace, f"{NAME}.jobs", "job:*", lambda _addresses: managers)
    victims = plan_kill(found.jobs)
    kill_jobs(flow.workspace, found.managers, victims, is_deleting=is_deleting)


def change(flow: Flow, change: Change) -> None:
    """Change the release's jobs."""
    managers = {flow.manager.address: flow.manager}
    found = find_jobs(flow.workspace, f"{NAME}.jobs", "job:*", lambda _addresses: managers)
    planned = plan_change(change, found.jobs, found.managers)
    change_jobs(flow.workspace, found.managers, change, planned)


def plan_fewer(flow: Flow) -> None:
    """Plan after a scene was deleted and another one became longer."""
    whole = flow.facts()
    flow.facts = (
        lambda: replace(  # type: ignore[method-assign]
            whole,
            scenes=(replace(whole.scenes[0], frame_end=5),),
            dependencies=whole.dependencies[:1],
        )
    )
    flow.freezer.facts[flow.blend] = flow.facts()
    flow.plan()


def damage_frames(flow: Flow) -> None:
    """Leave one frame of three whole."""
    flow.frame("pack_A", 1).unlink()
    flow.frame("pack_A", 3).write_bytes(b"cut off")


def undo_second_harvest(flow: Flow) -> None:
    """Undo the second of two deliveries, as somebody does who looks which one is the last."""
    release = flow.release()
    if release.unharvesting or len(release.deliveries) == 2:
        flow.undo_harvest()


def lose_a_delivered_frame(flow: Flow) -> None:
    """Take one file out of the delivery."""
    (flow.dist / "pack_B.png").unlink()


def restore_unless_done(flow: Flow) -> None:
    """Restore as somebody does who is told that the release is there."""
    with suppress(UsageError):
        flow.restore()


def clutter(flow: Flow) -> None:
    """Leave a foreign file among the releases, and an earlier folder in the trash."""
    volume = flow.workspace.volume
    (volume.releases / "notes.txt").write_bytes(b"somebody's")
    earlier = volume.trash / "20200101T000000Z" / "releases" / "old"
    earlier.mkdir(parents=True)
    (earlier / "x").write_bytes(b"x")


RENDERED: list[Step] = [Flow.plan, Flow.submit, lambda flow: flow.manager.render()]
REPLACED: list[Step] = [
    *RENDERED,
    Flow.harvest,
    change_library,
    Flow.replace_stale,
    lambda flow: flow.manager.render(),
]

STEPS: dict[str, Steps] = {
    "plan": ([], Flow.plan),
    "plan again": ([Flow.plan, Flow.submit], plan_fewer),
    "submit": ([Flow.plan], Flow.submit),
    "submit after a drop": ([Flow.plan, Flow.submit, plan_fewer], Flow.submit),
    "submit, compacting": ([Flow.plan, lengthen_journal], Flow.submit),
    "submit the next attempt": (
        [
            Flow.plan,
            Flow.submit,
            lambda flow: flow.manager.render(),
            lambda flow: flow.library.write_bytes(b"a new chair"),
        ],
        Flow.submit,
    ),
    "replace": (
        [Flow.plan, Flow.submit, lambda flow: flow.manager.render(), change_library],
        Flow.replace_stale,
    ),
    "replace a running job": ([Flow.plan, Flow.submit, begin_to_render], Flow.replace_job),
    "replace after the delivery": (
        [
            Flow.plan,
            Flow.submit,
            lambda flow: flow.manager.render(),
            Flow.harvest,
            change_library,
        ],
        Flow.replace_stale,
    ),
    "replace --from": (
        [Flow.plan, Flow.submit, lambda flow: flow.manager.render()],
        Flow.replace_from,
    ),
    "replace --undo": (
        [
            Flow.plan,
            Flow.submit,
            lambda flow: flow.manager.render(),
            change_library,
            Flow.replace_stale,
            lambda flow: flow.manager.render(),
        ],
        Flow.undo_replacement,
    ),
    "replace --undo of a running job": (
        [Flow.plan, Flow.submit, begin_to_render, Flow.replace_job],
        Flow.undo_replacement,
    ),
    "seed": ([], lambda flow: flow.seed("hero", flow.blend)),
    "seed again": (
        [
            lambda flow: flow.seed("hero", flow.blend),
            lambda flow: flow.manager.render(),
            change_library,
        ],
        Flow.seed,
    ),
    "kill": ([Flow.plan, Flow.submit], kill),
    "kill --delete": (
        [Flow.plan, Flow.submit, lambda flow: flow.manager.render("ep01/pack_B")],
        lambda flow: kill(flow, is_deleting=True),
    ),
    "pause": ([Flow.plan, Flow.submit], lambda flow: change(flow, pausing())),
    "requeue": ([Flow.plan, Flow.submit, kill], lambda flow: change(flow, requeueing())),
    "priority": ([Flow.plan, Flow.submit], lambda flow: change(flow, changing_priority(80))),
    "harvest": ([Flow.plan, Flow.submit, lambda flow: flow.manager.render()], Flow.harvest),
    "harvest --partial": (
        [*RENDERED, damage_frames],
        lambda flow: flow.harvest(is_partial=True),
    ),
    "harvest --replace": (REPLACED, lambda flow: flow.harvest(is_replacing=True)),
    "harvest --replace --dist-name": (
        [*RENDERED, Flow.harvest],
        lambda flow: flow.harvest(is_replacing=True, dist_name="{job}-{frame}.{ext}"),
    ),
    "harvest --undo": ([*RENDERED, Flow.harvest], Flow.undo_harvest),
    "harvest --undo of a replacement": (
        [*REPLACED, lambda flow: flow.harvest(is_replacing=True)],
        undo_second_harvest,
    ),
    "repair": ([*RENDERED, damage_frames], Flow.repair),
    "archive": (
        [Flow.plan, Flow.submit, lambda flow: flow.manager.render(), Flow.harvest],
        Flow.archive,
    ),
    "archive --keep": ([*RENDERED, Flow.harvest], lambda flow: flow.archive(is_kept=True)),
    "archive, where one was kept": (
        [*RENDERED, Flow.harvest, lambda flow: flow.archive(is_kept=True)],
        Flow.archive,
    ),
    "archive --as-is": (
        [Flow.plan, Flow.submit, begin_to_render],
        lambda flow: flow.archive(is_as_is=True),
    ),
    "restore": (
        [*RENDERED, Flow.harvest, Flow.archive, lose_a_delivered_frame],
        Flow.restore,
        restore_unless_done,
    ),
    "slash-and-burn": ([Flow.plan, Flow.submit, begin_to_render, clutter], Flow.slash_and_burn),
    "slash-and-burn --now": (
        [Flow.plan, Flow.submit, begin_to_render, clutter],
        lambda flow: flow.slash_and_burn(is_now=True),
    ),
}

SILENCES = {"silent Manager": None, "restarted Manager": 2}
"""For how many points the Manager is silent."""

pytestmark = [
    pytest.mark.usefixtures("quick_disk"),
    # A stopped process closes none of its files.
    pytest.mark.filterwarnings(
        "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
    ),
]


@pytest.fixture(scope="module")
def rows() -> Iterator[list[Row]]:
    """Collects the table's rows, and shows them when all verbs are through."""
    found: list[Row] = []
    yield found
    text = table(found)
    print(f"\n{text}")  # noqa: T201 - this is what ``pytest -s`` is for
    if target := os.environ.get("FARM_CRASH_TABLE"):
        Path(target).write_text(text + "\n", encoding="utf-8")


def _conclude(rows: list[Row], row: Row) -> None:
    rows.append(row)
    assert row.tried > 0
    assert not row.lost, f"{row.verb}, {row.fault}: {len(row.lost)} lost\n" + "\n".join(row.lost)


@pytest.mark.parametrize("verb", STEPS)
def test_a_second_run_finishes_what_was_stopped_anywhere(
    verb: str, quick_folder: Path, rows: list[Row]
) -> None:
    trial = Trial(verb, "killed", STEPS[verb], quick_folder)
    counting = Seam()
    trial.step(trial.stage.begin(counting))
    assert len(counting.points) > 4

    def kill(number: int) -> Flow:
        flow = trial.stage.begin(Kill(number))
        with pytest.raises(Killed):
            trial.step(flow)
        return flow

    _conclude(rows, trial.run(counting.points, kill))


@pytest.mark.parametrize("fault", ERRORS)
@pytest.mark.parametrize("verb", STEPS)
def test_a_second_run_finishes_what_the_disk_refused_anywhere(
    verb: str, fault: str, quick_folder: Path, rows: list[Row]
) -> None:
    error, operations = ERRORS[fault]
    trial = Trial(verb, fault, STEPS[verb], quick_folder)
    counting = RefusingFiles(1 << 30, error, operations)
    trial.step(trial.stage.begin(files=counting))
    if not counting.asked:
        return  # it writes nothing

    def refuse(number: int) -> Flow:
        flow = trial.stage.begin(files=RefusingFiles(number, error, operations))
        ends_with_a_sentence(trial.step, flow)
        return flow

    _conclude(rows, trial.run(counting.asked, refuse))


@pytest.mark.parametrize("fault", SILENCES)
@pytest.mark.parametrize("verb", STEPS)
def test_a_second_run_finishes_what_a_silent_manager_stopped_anywhere(
    verb: str, fault: str, quick_folder: Path, rows: list[Row]
) -> None:
    trial = Trial(verb, fault, STEPS[verb], quick_folder)
    counting = Silence(1 << 30)
    trial.step(trial.stage.begin(counting))
    if not counting.points:
        return  # it asks the Manager nothing

    def silence(number: int) -> Flow:
        flow = trial.stage.begin(Silence(number, SILENCES[fault]))
        ends_with_a_sentence(trial.step, flow)
        return flow

    _conclude(rows, trial.run(counting.points, silence))


@pytest.mark.parametrize("verb", STEPS)
def test_a_second_run_finishes_what_a_vanished_volume_stopped_anywhere(
    verb: str, quick_folder: Path, rows: list[Row]
) -> None:
    trial = Trial(verb, "vanished volume", STEPS[verb], quick_folder)
    counting = Vanish(1 << 30, trial.stage.volume)
    trial.step(trial.stage.begin(counting))
    if not counting.points:
        return  # it writes nothing

    def vanish(number: int) -> Flow:
        seam = Vanish(number, trial.stage.volume)
        flow = trial.stage.begin(seam)
        ends_with_a_sentence(trial.step, flow)
        assert seam.come_back() == []
        return flow

    _conclude(rows, trial.run(counting.points, vanish))


def test_what_cannot_be_finished_is_counted_as_lost(quick_folder: Path) -> None:
    """A verb that says that it is done before it is."""

    def forget(flow: Flow) -> None:
        done = flow.workspace.volume.root / "done"
        if not done.exists():
            flow.workspace.files.append(done, b"yes\n")
            flow.workspace.files.append(done.with_name("frames"), b"all\n")

    trial = Trial("forget", "killed", ([], forget), quick_folder)
    counting = Seam()
    forget(trial.stage.begin(counting))

    def kill(number: int) -> Flow:
        flow = trial.stage.begin(Kill(number))
        with pytest.raises(Killed):
            forget(flow)
        return flow

    row = trial.run(counting.points, kill)
    assert (row.tried, len(row.lost)) == (
        10,
        7,
    )  # all but the last two, and the one after which both files are whole
    assert "frames" in row.lost[-1]
