# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One job goes into ``quick``, ahead of everything that waits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.errors import BlockedError, LockedError, UsageError
from farm_addon.core.names import NameRefusedError
from farm_addon.core.planning.scene_rules import Farm
from farm_addon.core.ports import WorkerTag
from farm_addon.core.release.job_search import find_job
from farm_addon.core.release.release_store import known_names, read_release, write_release
from farm_addon.core.submission.seed_choice import (
    Step,
    choose_source,
    choose_step,
    open_quick,
    plan_seed,
)
from farm_addon.core.submission.seeding import seed_job
from farm_addon.core.volume import QUICK
from farm_addon.core.workspace import Workspace
from tests.core.flow import Flow
from tests.fakes.farm import file_facts, scene_facts


@pytest.fixture
def flow(workspace: Workspace, tmp_path: Path) -> Flow:
    return Flow(workspace, tmp_path / "work")


def jobs(flow: Flow) -> list[tuple[str, str, int, str]]:
    return [
        (job.name, job.metadata["farm_attempt"], job.priority, job.status)
        for job in flow.manager.stored.values()
    ]


def test_a_file_goes_ahead_of_everything_that_waits(flow: Flow) -> None:
    flow.plan(priority=70)
    flow.submit()
    done = flow.seed("hero", flow.blend)
    assert (done.step, done.priority, done.posted) == (Step.NEW, 71, True)
    assert jobs(flow)[-1] == ("quick/hero", "1", 71, "queued")
    settings = list(flow.manager.stored.values())[-1].settings
    root = flow.workspace.volume.root
    assert settings["scene"] == "A"  # the file's active one
    assert settings["blendfile"] == str(root / "quick/store/hero.blend")
    assert settings["render_output_path"] == str(root / "quick/out/hero/######")


def test_what_has_ended_is_not_in_the_way(flow: Flow) -> None:
    flow.plan(priority=90)
    flow.submit()
    flow.manager.render()
    assert flow.seed("hero", flow.blend).priority == 50


def test_there_is_no_priority_above_100(flow: Flow) -> None:
    flow.plan(priority=100)
    flow.submit()
    assert flow.seed("hero", flow.blend).priority == 100
    assert [one.code for one in flow.workspace.reporter.findings] == ["no-priority-left"]


def test_seeding_again_sends_nothing_and_keeps_its_place(flow: Flow) -> None:
    first = flow.seed("hero", flow.blend)
    again = flow.seed("hero", flow.blend)
    assert (again.step, again.posted, again.priority) == (Step.ADVANCE, False, first.priority)
    assert len(flow.manager.stored) == 1


def test_seeding_again_goes_ahead_of_what_came_meanwhile(flow: Flow) -> None:
    flow.seed("hero", flow.blend)
    flow.plan(priority=80)
    flow.submit()
    assert flow.seed("hero").priority == 81
    assert jobs(flow)[0] == ("quick/hero", "1", 81, "queued")


def test_a_changed_file_replaces_the_job(flow: Flow) -> None:
    flow.seed("hero", flow.blend)
    flow.manager.render()
    flow.library.write_bytes(b"a new chair")
    done = flow.seed("hero", flow.blend)
    assert (done.step, done.attempt, done.posted) == (Step.REPLACE, 2, True)
    assert (flow.workspace.volume.quick / "superseded/hero/1/000001.png").is_file()


def test_another_file_of_the_same_name_replaces_a_running_job(flow: Flow) -> None:
    flow.seed("hero", flow.blend)
    other = flow.folder / "other.blend"
    other.write_bytes(b"other")
    facts = flow.freezer.read(other)
    plan = plan_seed(flow.workspace, facts, other, "hero", Farm(), flow.manager)
    seed = choose_step(flow.workspace, open_quick(flow.workspace), plan, flow.services.managers)
    assert (seed.step, seed.is_running) == (Step.REPLACE, True)
    seed_job(flow.workspace, seed, flow.services)
    assert [(attempt, status) for _name, attempt, _p, status in jobs(flow)] == [
        ("1", "canceled"),
        ("2", "queued"),
    ]


def test_a_failed_job_is_queued_again(flow: Flow) -> None:
    flow.seed("hero", flow.blend)
    (job_id,) = flow.manager.stored
    flow.manager.stored[job_id] = replace(flow.manager.stored[job_id], status="failed")
    assert flow.seed("hero").requeued
    assert flow.manager.stored[job_id].status == "queued"


def test_a_job_that_the_manager_lost_is_posted_again(flow: Flow) -> None:
    flow.seed("hero", flow.blend)
    flow.manager.stored.clear()
    assert flow.seed("hero").posted
    assert len(flow.manager.stored) == 1


def test_a_file_that_somebody_put_into_the_store_is_taken_and_kept(flow: Flow) -> None:
    store = flow.workspace.volume.store(QUICK)
    store.mkdir(parents=True)
    (store / "hero.blend").write_bytes(b"by hand")
    assert choose_source(flow.workspace, None, "hero") == store / "hero.blend"
    assert flow.seed("hero").posted
    assert (store / "hero.blend").read_bytes().startswith(b"by handfarm:")
    kept = flow.workspace.volume.quick / "superseded/hero/0/hero.blend"
    assert kept.read_bytes() == b"by hand"
    assert flow.seed("hero").step is Step.ADVANCE


def test_a_job_whose_source_is_gone_is_made_from_its_frozen_file(flow: Flow) -> None:
    flow.seed("hero", flow.blend)
    flow.folder.rename(flow.folder.with_name("unmounted"))
    assert choose_source(flow.workspace, open_quick(flow.workspace), "hero").name == "hero.blend"


def test_a_name_that_nobody_seeded_needs_a_file(flow: Flow) -> None:
    with pytest.raises(UsageError, match="no job 'hero' in 'quick'"):
        choose_source(flow.workspace, None, "hero")


def test_a_name_that_differs_in_case_alone_is_refused(flow: Flow) -> None:
    flow.seed("hero", flow.blend)
    with pytest.raises(UsageError, match="in case alone"):
        flow.seed("HERO", flow.blend)


def test_of_two_who_seed_one_new_name_one_wins(flow: Flow) -> None:
    plan = plan_seed(flow.workspace, flow.facts(), flow.blend, "hero", Farm(), flow.manager)
    seed = choose_step(flow.workspace, None, plan, flow.services.managers)
    seed_job(flow.workspace, seed, flow.services)
    with pytest.raises(LockedError, match="somebody else has seeded"):
        seed_job(flow.workspace, seed, flow.services)
    assert len(flow.manager.stored) == 1


def test_a_finding_blocks(flow: Flow) -> None:
    flow.freezer.facts[flow.blend] = file_facts(str(flow.blend), scene_facts("A", camera=None))
    with pytest.raises(BlockedError):
        flow.seed("hero", flow.blend)
    assert not flow.workspace.volume.quick.exists()


def test_the_worker_tag_of_the_farm_is_looked_up_by_its_name(flow: Flow) -> None:
    config = replace(flow.workspace.config, worker_tag="gpu")
    flow.workspace = replace(flow.workspace, config=config)
    with pytest.raises(UsageError, match="no Worker tag 'gpu'"):
        flow.seed("hero", flow.blend)
    tag = "3ba4e5e2-0f4c-4a8f-a7e4-8a2f7f0f7b11"
    flow.manager.tags = (WorkerTag(tag, "gpu"),)
    flow.seed("hero", flow.blend)
    assert read_release(flow.workspace, QUICK).release.jobs["hero"].plan.worker_tag == tag


def test_quick_is_known_like_a_release_but_no_name_for_one(flow: Flow) -> None:
    assert known_names(flow.workspace) == []
    with pytest.raises(UsageError, match="no quick job"):
        read_release(flow.workspace, QUICK)
    flow.seed("hero", flow.blend)
    flow.plan()
    assert known_names(flow.workspace) == [QUICK, "ep01"]
    assert find_job(flow.workspace, "quick/hero") == (QUICK, "hero")
    with pytest.raises(NameRefusedError):
        read_release(flow.workspace, "Quick")
    with (
        pytest.raises(UsageError, match="cannot be archived"),
        write_release(flow.workspace, QUICK, "archive", is_archiving=True),
    ):
        pass


def test_a_job_is_found_where_one_release_alone_has_it(flow: Flow) -> None:
    flow.plan()
    flow.seed("hero", flow.blend)
    assert find_job(flow.workspace, "hero") == (QUICK, "hero")
    assert find_job(flow.workspace, "pack_A") == ("ep01", "pack_A")
    flow.seed("pack_A", flow.blend)
    with pytest.raises(UsageError, match="several releases") as several:
        find_job(flow.workspace, "pack_A")
    assert several.value.hint == "name one of them: quick/pack_A, ep01/pack_A"
    with pytest.raises(UsageError, match="no release has a job 'nobody'"):
        find_job(flow.workspace, "nobody")
    with pytest.raises(UsageError, match="has no job 'PACK_A'") as twin:
        find_job(flow.workspace, "ep01/PACK_A")
    assert twin.value.hint == "there is 'pack_A'"
