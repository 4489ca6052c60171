# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan is written under the release's lock, after it was shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm_addon.core.errors import FarmError, UsageError
from farm_addon.core.planning.options import PlanOptions
from farm_addon.core.planning.plan import Plan, PlanSource
from farm_addon.core.planning.plan_release import plan_release
from farm_addon.core.planning.scene_rules import Farm
from farm_addon.core.planning.worker_tags import find_worker_tag
from farm_addon.core.ports import WorkerTag
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.release_store import read_release
from farm_addon.core.workspace import Workspace
from tests.core.flow import NAME, Flow
from tests.fakes.farm import FakeManager, file_facts, scene_facts


def source(name: str, frame_end: int = 3) -> PlanSource:
    facts = file_facts(f"/x/{name}.blend", scene_facts(frame_end=frame_end))
    return PlanSource(facts, RecordedPath(f"/x/{name}.blend", "linux"))


def names(workspace: Workspace) -> list[str]:
    return list(read_release(workspace, NAME).release.jobs)


def test_a_plan_is_shown_before_it_is_written_and_only_then(workspace: Workspace) -> None:
    shown: list[Plan] = []

    def look(plan: Plan) -> None:
        assert not workspace.volume.release_folder(NAME).exists()
        shown.append(plan)

    plan_release(workspace, NAME, [source("a")], PlanOptions(), Farm(), before_writing=look)
    assert [job.name for job in shown[0].added] == ["a"]
    plan_release(workspace, NAME, [source("a")], PlanOptions(), Farm(), before_writing=shown.append)
    assert len(shown) == 1  # nothing changed


def test_whoever_says_no_leaves_everything_as_it_is(workspace: Workspace) -> None:
    def refuse(_: Plan) -> None:
        raise FarmError("nothing was done")

    with pytest.raises(FarmError, match="nothing was done"):
        plan_release(workspace, NAME, [source("a")], PlanOptions(), Farm(), before_writing=refuse)
    assert not workspace.volume.release_folder(NAME).exists()


def test_somebody_who_plans_meanwhile_is_seen(workspace: Workspace) -> None:
    """The second look finds that the job is there already, with other frames."""
    shown: list[Plan] = []

    def look(plan: Plan) -> None:
        shown.append(plan)
        if len(shown) == 1:
            plan_release(workspace, NAME, [source("a", 9)], PlanOptions(), Farm())

    made = plan_release(workspace, NAME, [source("a")], PlanOptions(), Farm(), before_writing=look)
    assert [len(one.added) for one in shown] == [1, 0]
    assert made.changes == {"a": ("frames 1-9 → 1-3",)}
    assert names(workspace) == ["a"]


def test_the_case_of_a_dropped_job_is_not_taken_again(workspace: Workspace, tmp_path: Path) -> None:
    plan_release(workspace, NAME, [source("Chair")], PlanOptions(), Farm())
    renamed = plan_release(workspace, NAME, [source("Chair")], PlanOptions(job_name="sofa"), Farm())
    assert renamed.dropped == ("Chair",)
    made = plan_release(workspace, NAME, [source("chair")], PlanOptions(), Farm())
    assert [one.code for one in made.findings] == ["duplicate-name"]
    assert names(workspace) == ["Chair", "sofa"]


@pytest.mark.parametrize(
    ("archived", "name"),
    [("ep01", "ep01"), ("ep01", "EP01"), ("Caf\u00e9", "CAFE\u0301"), ("cafe\u0301", "caf\u00e9")],
)
def test_the_name_of_an_archive_is_taken_in_any_case_and_unicode_form(
    workspace: Workspace, archived: str, name: str
) -> None:
    archives = workspace.volume.archives
    archives.mkdir()
    (archives / f"{archived}.tar.gz").write_bytes(b"")
    (archives / ".ep02.tar.gz.0123abcd.tmp").write_bytes(b"")
    with pytest.raises(UsageError, match="is archived in") as caught:
        plan_release(workspace, name, [source("a")], PlanOptions(), Farm())
    assert f"farm restore release {archived}" in caught.value.hint
    assert not workspace.volume.releases.exists()
    plan_release(workspace, "ep02", [source("a")], PlanOptions(), Farm())


def test_the_releases_name_reaches_the_templates(workspace: Workspace) -> None:
    options = PlanOptions(job_name="{release}-{file}", dist_name="{release}.{job}.{frame}.{ext}")
    made = plan_release(workspace, NAME, [source("a", 1)], options, Farm())
    assert made.outputs == {f"{NAME}-a": (f"{NAME}.{NAME}-a.1.png",)}


def test_a_frozen_snapshot_is_unchanged_when_its_file_is_planned_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    flow = Flow(workspace, tmp_path / "studio")
    flow.plan()
    flow.submit()
    assert not flow.plan().has_changes


def test_a_tag_that_only_differs_in_case_is_found_unless_two_do() -> None:
    manager = FakeManager(tags=(WorkerTag("1", "GPU"), WorkerTag("2", "gpu"), WorkerTag("3", "X")))
    assert find_worker_tag("x", lambda: manager) == "3"
    assert find_worker_tag("gpu", lambda: manager) == "2"
    with pytest.raises(UsageError, match="more than one"):
        find_worker_tag("Gpu", lambda: manager)
    assert find_worker_tag("", lambda: pytest.fail("nobody is to be asked")) == ""
