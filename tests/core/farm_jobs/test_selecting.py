# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs a query finds: Managers and records joined, one row per job."""

from __future__ import annotations

from dataclasses import replace

import pytest

from farm_addon.core.errors import ManagerUnreachableError, UsageError
from farm_addon.core.farm_jobs.query_errors import QueryError
from farm_addon.core.ports import ManagerAddress, RemoteTask, RemoteWorker, WorkerTag
from tests.core.farm_jobs.rows import planned_job, remote_job
from tests.core.farm_jobs.small_farm import SmallFarm
from tests.fakes.farm import FakeManager


def test_a_query_finds_jobs_of_all_releases_with_one_request(farm: SmallFarm) -> None:
    assert farm.labels("job:sh010") == ["ep01/sh010 active 1", "ep02/sh010 queued 1"]
    assert farm.manager.requests == ["jobs"]


def test_jobs_that_were_never_sent_are_found_too(farm: SmallFarm) -> None:
    assert farm.labels("status:planned") == ["ep01/sh040 planned 0"]
    assert farm.labels("not status:completed release:ep01") == [
        "ep01/sh010 active 1",
        "ep01/sh030 failed 1",
        "ep01/sh040 planned 0",
    ]


def test_a_row_has_record_and_live_state(farm: SmallFarm) -> None:
    (job,) = farm.jobs("job:sh030")
    assert (job.user, job.host, job.frames_total, job.frames_done) == ("ben", "ws12", 10, 0)
    assert (job.message, job.manager, job.is_ours) == (
        "3 tasks failed",
        farm.manager.address,
        True,
    )
    assert farm.jobs("job:sh010 release:ep01")[0].frames_done == 3
    assert farm.jobs("user:ben scene:main") == [job]


def test_jobs_of_one_release(farm: SmallFarm) -> None:
    assert farm.labels("job:sh010", "ep02.jobs") == ["ep02/sh010 queued 1"]
    assert farm.labels("job:sh010 release:ep02", "release.jobs") == ["ep02/sh010 queued 1"]
    assert farm.labels("job:sh010 (release:ep02 frames>1)", "release.jobs") == [
        "ep02/sh010 queued 1"
    ]
    assert farm.labels("release:ep01", "ep02.jobs") == []


@pytest.mark.parametrize(
    "query",
    ["status:failed", "release:ep01 or status:failed", "not release:ep01", "release!=ep01"],
)
def test_release_jobs_without_a_demanded_release_is_refused(farm: SmallFarm, query: str) -> None:
    with pytest.raises(QueryError, match="takes the release from a term 'release:NAME'"):
        farm.find(query, "release.jobs")


def test_release_jobs_with_a_pattern_is_refused(farm: SmallFarm) -> None:
    with pytest.raises(QueryError, match=r"column 9: .*'ep\*' may be several") as caught:
        farm.find("release:ep* status:failed", "release.jobs")
    assert caught.value.column == 9


@pytest.mark.parametrize("what", ["job", "ep01", ".jobs", "con.jobs", "ep03.jobs", "../x.jobs"])
def test_nothing_else_can_be_searched(farm: SmallFarm, what: str) -> None:
    with pytest.raises(UsageError):
        farm.find("status:failed", what)


def test_only_the_records_that_can_hold_a_match_are_read(farm: SmallFarm) -> None:
    farm.others.append(FakeManager(ManagerAddress(url="http://other:8080")))
    farm.plan("ep03", "sh010")
    farm.send("ep03", "sh010", manager=farm.others[0])
    farm.labels("release:ep01 job:sh010")
    assert farm.asked == [farm.manager.address]
    farm.labels("job:sh010")
    assert farm.asked == [farm.manager.address, farm.others[0].address]


def test_several_managers_are_asked_and_told_apart(farm: SmallFarm) -> None:
    other = FakeManager(ManagerAddress(url="http://other:8080"))
    farm.others.append(other)
    farm.plan("ep03", "sh010")
    farm.send("ep03", "sh010", "paused", manager=other)
    found = farm.jobs("job:sh010")
    assert [job.manager for job in found] == [farm.manager.address] * 2 + [other.address]
    assert other.requests == ["jobs"]


def test_jobs_of_a_manager_that_cannot_be_asked_are_unknown_and_say_why(farm: SmallFarm) -> None:
    theirs = ManagerAddress(user="ben", host="ws3")
    farm.plan("ep03", "sh010")
    farm.send("ep03", "sh010", manager=FakeManager(theirs))
    (job,) = farm.jobs("release:ep03")
    assert (job.status, job.manager) == ("unknown", theirs)
    assert job.message == "the local manager of ben on ws3 cannot be asked from here"


def test_a_silent_manager_makes_its_jobs_unknown(farm: SmallFarm) -> None:
    other = FakeManager(ManagerAddress(url="http://other:8080"))

    def silence(_what: str) -> None:
        raise ManagerUnreachableError("http://other:8080 does not answer")

    farm.others.append(other)
    farm.plan("ep03", "sh010")
    farm.send("ep03", "sh010", manager=other)
    other.before_answer = silence
    assert farm.labels("job:sh010") == [
        "ep01/sh010 active 1",
        "ep02/sh010 queued 1",
        "ep03/sh010 unknown 1",
    ]
    assert farm.find("job:sh010").silent == {other.address: "http://other:8080 does not answer"}


def test_a_worker_tag_is_found_by_its_uuid_and_by_its_name(farm: SmallFarm) -> None:
    tag = WorkerTag("6e2e5bb5-2b3f-4bd0-8b4d-3f4d6f1c9a10", "GPU big")
    farm.manager.tags = (tag, WorkerTag("x", "other"))
    farm.plan("ep04", planned_job("sh010", worker_tag=tag.id), planned_job("sh020"))
    farm.send("ep04", "sh010")
    for query in (f"tag:{tag.id}", 'tag:"gpu big"', "tag:*big"):
        assert farm.labels(query) == ["ep04/sh010 queued 1"]
    assert farm.labels("release:ep04 not tag:*") == ["ep04/sh020 planned 0"]


def test_the_name_of_a_release_may_be_typed_in_another_case_where_the_volume_allows(
    farm: SmallFarm,
) -> None:
    farm.plan("ep01", planned_job("sh010", width_px=64))
    folder = farm.workspace.volume.release_folder("ep01")
    folder.with_name("EP01").symlink_to(folder, target_is_directory=True)
    assert farm.labels("is:stale", "EP01.jobs") == ["ep01/sh010 active 1"]


def test_earlier_attempts_are_rows_of_their_own(farm: SmallFarm) -> None:
    farm.send("ep01", "sh010", "queued")
    assert farm.labels("job:sh010 release:ep01") == [
        "ep01/sh010 active 1",
        "ep01/sh010 queued 2",
    ]
    assert farm.labels("is:superseded") == ["ep01/sh010 active 1"]


def test_a_dropped_job_is_superseded(farm: SmallFarm) -> None:
    farm.plan("ep01", drop=("sh010", "sh040"))
    assert farm.labels("is:superseded") == ["ep01/sh010 active 1"]
    assert farm.labels("job:sh040") == []


def test_a_job_that_its_manager_lost_is_missing(farm: SmallFarm) -> None:
    farm.manager.stored.clear()
    assert farm.labels("release:ep02") == ["ep02/sh010 missing 1"]


def test_a_job_that_is_about_to_be_deleted_is_gone(farm: SmallFarm) -> None:
    for job_id, job in farm.manager.stored.items():
        farm.manager.stored[job_id] = replace(job, is_deletion_requested=True)
    assert farm.labels("release:ep02") == ["ep02/sh010 missing 1"]


def test_a_job_whose_answer_was_lost_is_found_by_its_submission(farm: SmallFarm) -> None:
    job_id = farm.send("ep01", "sh040", "active", is_answered=False)
    assert farm.labels("job:sh040") == ["ep01/sh040 active 1"]
    del farm.manager.stored[job_id]
    assert farm.labels("job:sh040") == ["ep01/sh040 sent 1"]


def test_a_delivered_job_is_called_so(farm: SmallFarm) -> None:
    brought = {"sh020": {"attempt": 1, "frames": "1-10"}}
    farm.record("ep01", "harvesting", delivery="d1", jobs=brought)
    farm.record("ep01", "harvested", delivery="d1")
    assert farm.labels("status:delivered") == ["ep01/sh020 delivered 1"]
    farm.manager.stored.clear()
    assert farm.labels("status:delivered") == ["ep01/sh020 delivered 1"]


def test_only_our_own_jobs_are_found_unless_others_are_asked_for(farm: SmallFarm) -> None:
    theirs = {"farm_volume": "another farm", "farm_release": "ep01", "user.name": "zoe"}
    farm.manager.stored["x"] = remote_job("x", "active", name="ep01/sh010", metadata=theirs)
    farm.manager.stored["y"] = remote_job("y", "active", name="a stranger")
    assert farm.labels("status:active") == ["ep01/sh010 active 1"]
    assert farm.labels("status:active", with_foreign=True) == [
        "ep01/sh010 active 1",
        "ep01/sh010 active 0",
        "a stranger active 0",
    ]
    assert farm.labels("status:active release:ep01", with_foreign=True) == ["ep01/sh010 active 1"]
    assert farm.labels("user:zoe", with_foreign=True) == ["ep01/sh010 active 0"]
    with pytest.raises(UsageError, match="in no release"):
        farm.find("status:active", "ep01.jobs", with_foreign=True)


def test_a_job_of_ours_without_a_record_is_known_by_its_metadata(farm: SmallFarm) -> None:
    said = farm.metadata("old", "sh010", 2, user="ben")
    farm.manager.stored["x"] = remote_job("x", "active", name="old/sh010", metadata=said)
    assert farm.labels("release:old user:ben status:active") == ["old/sh010 active 2"]
    farm.manager.stored["x"] = remote_job(
        "x", "active", name="old/sh010", metadata=said | {"farm_attempt": "²"}
    )
    assert farm.labels("release:old") == ["old/sh010 active 0"]
    endless = said | {"farm_attempt": "9" * 5000}
    farm.manager.stored["x"] = remote_job("x", "active", name="old/sh010", metadata=endless)
    assert farm.labels("release:old") == ["old/sh010 active 0"]


def test_a_record_that_cannot_be_read_hides_no_other_release(farm: SmallFarm) -> None:
    journal = farm.workspace.volume.release_folder("ep01") / "journal.jsonl"
    journal.write_text('{"event":"frozen","job":"nobody"}\n')
    assert "ep02/sh010 queued 1" in farm.labels("job:sh010")
    statuses = farm.workspace.reporter.statuses  # type: ignore[attr-defined]
    assert any(text.startswith("release 'ep01' was left out") for text in statuses)


def test_quick_jobs_are_found_like_a_release(farm: SmallFarm) -> None:
    farm.plan("quick", "poster")
    farm.send("quick", "poster")
    assert farm.labels("release:quick") == ["quick/poster queued 1"]
    assert farm.labels("job:*", "quick.jobs") == ["quick/poster queued 1"]


def test_facts_of_the_plan_are_fields(farm: SmallFarm) -> None:
    chair = planned_job("chair_oak", facts=(("material", "oak"), ("object", "chair")))
    farm.plan("stills", chair)
    assert farm.labels("material:oak") == ["stills/chair_oak planned 0"]
    farm.plan("more", planned_job("sofa_oak", facts=(("Material", "oak"), ("e\u0301t\xe9", "a"))))
    assert farm.labels("MATERIAL:oak") == ["more/sofa_oak planned 0", "stills/chair_oak planned 0"]
    assert farm.labels("\xe9te\u0301:a") == ["more/sofa_oak planned 0"]
    with pytest.raises(QueryError, match="no field 'material'"):
        farm.find("material:oak release:ep01")


def test_a_stalled_job_is_found_by_its_tasks(farm: SmallFarm) -> None:
    (job,) = farm.jobs("job:sh010 release:ep01")
    assert job.remote is not None
    farm.manager.known_workers = (RemoteWorker("w1", "node1", "awake"),)
    farm.manager.known_tasks[job.remote.id] = [
        RemoteTask("t1", "render-1", "failed", "blender"),
        RemoteTask("t2", "render-2", "completed", "blender"),
    ]
    farm.manager.requests.clear()
    assert farm.labels("is:stalled release:ep01") == ["ep01/sh010 active 1"]
    assert farm.manager.requests[:2] == ["jobs", f"tasks {job.remote.id}"]
    assert farm.labels("is:stalled", "ep02.jobs") == []


def test_a_job_is_stale_by_its_current_attempt_alone(farm: SmallFarm) -> None:
    farm.plan("ep01", planned_job("sh010", width_px=64))  # planned differently since it froze
    assert farm.labels("is:stale") == ["ep01/sh010 active 1"]
    farm.send("ep01", "sh010")
    assert farm.labels("is:stale") == []
    farm.plan("ep01", planned_job("sh010", width_px=65))
    assert farm.labels("is:stale") == ["ep01/sh010 queued 2"]
