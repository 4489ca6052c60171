# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs are stale, by which file, and what is only unknown."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.planning.plan import PlanOptions, PlanSource
from farm_addon.core.planning.plan_release import plan_release
from farm_addon.core.planning.scene_rules import Farm
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.inputs import RULES, FileHasher, Inputs
from farm_addon.core.release.release_store import read_release
from farm_addon.core.submission.staleness import Staleness, Verdict, judge_jobs
from farm_addon.core.workspace import Workspace
from tests.core.flow import NAME, Flow
from tests.fakes.farm import dependency, file_facts, scene_facts


def judge(flow: Flow) -> list[Staleness]:
    store = read_release(flow.workspace, NAME)
    return judge_jobs(flow.workspace, store, list(store.release.jobs), FileHasher())


def verdicts(flow: Flow) -> dict[str, Verdict]:
    return {one.job: one.verdict for one in judge(flow)}


BOTH_FRESH = {"pack_A": Verdict.FRESH, "pack_B": Verdict.FRESH}
A_STALE = {"pack_A": Verdict.STALE, "pack_B": Verdict.FRESH}
A_UNKNOWN = {"pack_A": Verdict.UNKNOWN, "pack_B": Verdict.FRESH}


def change_inputs(flow: Flow, **changes: object) -> None:
    """Write other inputs for ``pack_A`` and make the journal agree."""
    store = read_release(flow.workspace, NAME)
    path = store.inputs("pack_A")
    inputs = replace(Inputs.from_bytes(path.read_bytes(), path), **changes)  # type: ignore[arg-type]
    path.write_bytes(inputs.to_bytes())
    journal = store.folder / "journal.jsonl"
    attempt = store.release.jobs["pack_A"].attempt
    assert attempt is not None
    journal.write_text(journal.read_text().replace(attempt.inputs, inputs.fingerprint()))


def test_an_untouched_release_is_fresh(flow: Flow) -> None:
    assert verdicts(flow) == BOTH_FRESH


def test_jobs_that_were_never_frozen_have_no_verdict(workspace: Workspace, tmp_path: Path) -> None:
    flow = Flow(workspace, tmp_path / "work")
    flow.plan()
    assert judge(flow) == []


def test_a_changed_library_makes_exactly_its_jobs_stale_and_names_itself(flow: Flow) -> None:
    flow.library.write_bytes(b"a new chair")
    stale, fresh = judge(flow)
    assert stale == Staleness(
        "pack_A",
        Verdict.STALE,
        f"Image ‘lib’: '{flow.library}' changed",
        str(flow.library),
        "Image ‘lib’",
    )
    assert fresh == Staleness("pack_B", Verdict.FRESH)


@pytest.mark.parametrize("kind", ["library", "image", "cache", "font", "sound", "sequence"])
def test_every_kind_of_dependency_counts(workspace: Workspace, tmp_path: Path, kind: str) -> None:
    flow = Flow(workspace, tmp_path / "work")
    flow.freezer.facts[flow.blend] = file_facts(
        str(flow.blend),
        scene_facts("A"),
        scene_facts("B", frame_end=1),
        dependencies=(dependency(flow.library, "A", kind=kind),),
    )
    flow.plan()
    flow.submit()
    flow.library.write_bytes(b"something else")
    assert verdicts(flow) == A_STALE


def test_a_dependency_that_came_back_to_its_content_is_fresh_again(flow: Flow) -> None:
    before = flow.library.read_bytes()
    flow.library.write_bytes(b"a new chair")
    assert verdicts(flow) == A_STALE
    flow.library.write_bytes(before)
    assert verdicts(flow) == BOTH_FRESH


def test_a_missing_dependency_is_stale_and_an_unmounted_one_unknown(flow: Flow) -> None:
    flow.library.unlink()
    assert judge(flow)[0].reason == f"Image ‘lib’: '{flow.library}' is missing"
    assert verdicts(flow) == A_STALE
    flow.folder.rename(flow.folder.with_name("unmounted"))
    assert set(verdicts(flow).values()) == {Verdict.UNKNOWN}
    assert judge(flow)[0].reason.endswith("is out of reach, and 2 more")


def test_a_file_of_another_platform_is_unknown(flow: Flow) -> None:
    store = read_release(flow.workspace, NAME)
    path = store.inputs("pack_A")
    files = Inputs.from_bytes(path.read_bytes(), path).files
    foreign = replace(files[0], path=RecordedPath("D:\\lib.blend", "windows"), kind="library")
    change_inputs(flow, files=(foreign, *files[1:]))
    assert verdicts(flow) == A_UNKNOWN


def test_a_stale_file_outweighs_an_unknown_one(flow: Flow) -> None:
    flow.blend.write_bytes(b"saved again")
    flow.library.write_bytes(b"a new chair")
    first, second = judge(flow)
    assert (first.verdict, first.owner) == (Verdict.STALE, "Image ‘lib’")
    assert second.verdict is Verdict.UNKNOWN


def test_the_jobs_own_file_saved_again_is_unknown(flow: Flow) -> None:
    flow.blend.write_bytes(b"saved again")
    first, second = judge(flow)
    assert first.verdict is second.verdict is Verdict.UNKNOWN
    assert first.reason == f"'{flow.blend}' was saved again, contents not compared"
    assert first.file == str(flow.blend)


def test_the_jobs_own_file_gone_is_unknown(flow: Flow) -> None:
    flow.blend.unlink()
    assert set(verdicts(flow).values()) == {Verdict.UNKNOWN}


def plan_snapshot(flow: Flow) -> Path:
    snapshot = flow.folder / "snapshot.blend"
    snapshot.write_bytes(b"with edits")
    flow.freezer.facts[snapshot] = flow.facts()
    recorded = RecordedPath.of(flow.blend, flow.workspace.volume.root)
    source = PlanSource(flow.facts(), recorded, str(snapshot), True)
    plan_release(flow.workspace, NAME, [source], PlanOptions(), Farm())
    return snapshot


def test_unsaved_edits_are_fresh_until_their_file_is_saved(
    workspace: Workspace, tmp_path: Path
) -> None:
    flow = Flow(workspace, tmp_path / "work")
    plan_snapshot(flow)
    flow.submit()
    assert verdicts(flow) == BOTH_FRESH
    flow.blend.write_bytes(b"saved")
    assert judge(flow)[0].verdict is Verdict.UNKNOWN
    assert "frozen with unsaved edits" in judge(flow)[0].reason


def test_a_file_saved_between_snapshot_and_freezing_is_unknown(
    workspace: Workspace, tmp_path: Path
) -> None:
    import os

    flow = Flow(workspace, tmp_path / "work")
    snapshot = plan_snapshot(flow)
    os.utime(snapshot, (1, 1))
    flow.submit()
    assert {(one.verdict, "saved since" in one.reason) for one in judge(flow)} == {
        (Verdict.UNKNOWN, True)
    }


def test_a_job_planned_again_from_an_open_file_is_unknown(flow: Flow) -> None:
    plan_snapshot(flow)
    assert set(verdicts(flow).values()) == {Verdict.UNKNOWN}


def test_a_job_that_was_planned_differently_is_stale(flow: Flow) -> None:
    scenes = scene_facts("A", frame_end=2), scene_facts("B", frame_end=1)
    flow.facts = lambda: file_facts(str(flow.blend), *scenes)  # type: ignore[method-assign]
    flow.plan()
    assert verdicts(flow) == A_STALE


def test_other_rules_of_fingerprinting_prove_nothing(flow: Flow) -> None:
    change_inputs(flow, rules=RULES + 1)
    assert verdicts(flow) == A_UNKNOWN


@pytest.mark.parametrize("content", [b"", b"[]", b'{"schema": 99}'])
def test_inputs_that_cannot_be_read_are_unknown(flow: Flow, content: bytes) -> None:
    read_release(flow.workspace, NAME).inputs("pack_A").write_bytes(content)
    assert verdicts(flow) == A_UNKNOWN


def test_missing_or_foreign_inputs_are_unknown(flow: Flow) -> None:
    path = read_release(flow.workspace, NAME).inputs("pack_A")
    data = json.loads(path.read_bytes())
    path.write_text(json.dumps({**data, "scene": "Other"}))
    assert verdicts(flow) == A_UNKNOWN
    path.write_text(json.dumps({**data, "attempt": 7}))
    assert verdicts(flow) == A_UNKNOWN
    path.unlink()
    assert verdicts(flow) == A_UNKNOWN


def test_an_attempt_that_was_brought_back_is_stale_on_purpose(flow: Flow) -> None:
    flow.library.write_bytes(b"a new chair")
    flow.replace_stale()
    flow.undo_replacement()
    stale, fresh = judge(flow)
    assert (stale.verdict, fresh.verdict) == (Verdict.STALE, Verdict.FRESH)
    assert stale.reason.startswith("brought back on purpose (replace --undo); Image ‘lib’: ")
