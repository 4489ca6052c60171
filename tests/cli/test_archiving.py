# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""archive, verify, restore, slash-and-burn: what they print, ask, and exit with."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from farm_addon.core.errors import ManagerUnreachableError
from tests.cli.conftest import Cli
from tests.fakes.farm import file_facts, scene_facts


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def delivered(cli: Cli, blend: Path) -> Cli:
    assert cli("plan", "release", "ep01", str(blend)) == 0
    assert cli("submit", "release", "ep01") == 0
    cli.manager.render()
    assert cli("harvest", "release", "ep01") == 0
    return cli


@pytest.fixture
def queued(cli: Cli, blend: Path) -> Cli:
    assert cli("plan", "release", "ep01", str(blend)) == 0
    assert cli("submit", "release", "ep01") == 0
    return cli


def tree(cli: Cli) -> list[str]:
    return sorted(str(path.relative_to(cli.root)) for path in cli.root.rglob("*"))


# --- archive --------------------------------------------------------------------------------------


def test_archiving_says_what_is_inside_and_what_became_of_the_jobs(delivered: Cli) -> None:
    assert delivered("archive", "release", "ep01", "--yes") == 0
    assert "Release 'ep01' is archived and verified" in delivered.out
    assert "On the Manager: 2 job(s) deleted." in delivered.out
    assert not delivered.manager.stored
    assert delivered("archive", "release", "ep01", "--yes") == 0
    assert "is archived and verified" in delivered.out
    assert "job(s)" not in delivered.out


def test_keeping_a_release_asks_nothing(delivered: Cli) -> None:
    assert delivered("archive", "release", "ep01", "--keep") == 0
    assert "it lives on" in delivered.out
    assert delivered.json("status", "release", "ep01")["exit_status"] == 0
    assert len(delivered.manager.stored) == 2


def test_a_dry_run_says_what_would_go(delivered: Cli) -> None:
    folder, before = delivered.root / "releases" / "ep01", tree(delivered)
    assert delivered("archive", "release", "ep01", "--dry-run") == 0
    assert f"Would remove {folder}" in delivered.out
    assert delivered("archive", "release", "ep01", "--dry-run", "--keep") == 0
    assert "Would write" in delivered.out
    assert "Would remove" not in delivered.out
    assert tree(delivered) == before


def test_keeping_what_is_only_to_be_cleared_away_asks(
    delivered: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(what: str) -> None:
        if what.startswith("delete"):
            raise ManagerUnreachableError("connection refused")

    delivered.manager.before_answer = silent
    assert delivered("archive", "release", "ep01", "--yes") == 1
    folder, before = delivered.root / "releases" / "ep01", tree(delivered)
    assert folder.exists()
    delivered.manager.before_answer = None
    assert delivered("archive", "release", "ep01", "--keep", "--dry-run") == 0
    assert f"Would remove {folder}" in delivered.out
    assert "Would write" not in delivered.out
    assert delivered("archive", "release", "ep01", "--keep") == 2
    assert "--yes" in delivered.err
    assert tree(delivered) == before
    assert delivered("archive", "release", "ep01", "--keep", "--yes") == 0
    assert "it lives on" not in delivered.out
    assert not folder.exists()


def test_what_is_not_harvested_is_refused_with_what_to_do(queued: Cli) -> None:
    queued.manager.render()
    assert queued("archive", "release", "ep01", "--yes") == 1
    assert "error: Job ‘pack_A’: its frames were not harvested" in queued.err
    assert "farm harvest release ep01" in queued.err


def test_as_is_warns_cancels_and_archives(queued: Cli) -> None:
    assert queued("archive", "release", "ep01", "--as-is", "--dry-run") == 0
    assert "Would cancel 2 job(s) of release 'ep01'." in queued.out
    assert {job.status for job in queued.manager.stored.values()} == {"queued"}
    assert queued("archive", "release", "ep01", "--as-is") == 2
    assert "warning: Job ‘pack_A’: it is still queued; it will be cancelled" in queued.err
    document = queued.json("archive", "release", "ep01", "--as-is", "--yes")
    assert document["result"]["jobs_cancelled"] == 2
    assert not queued.manager.stored


def test_quick_jobs_cannot_be_archived(cli: Cli) -> None:
    assert cli("archive", "release", "quick", "--yes") == 2
    assert "quick jobs cannot be archived" in cli.err


def test_a_silent_manager_leaves_the_release_as_it_is(delivered: Cli) -> None:
    def silent(_what: str) -> None:
        raise ManagerUnreachableError("connection refused")

    delivered.manager.before_answer = silent
    before = tree(delivered)
    assert delivered("archive", "release", "ep01", "--as-is", "--yes") == 1
    assert "cannot be asked" in delivered.err
    assert tree(delivered) == before


def test_planning_an_archived_name_says_how_to_get_it_back(delivered: Cli, blend: Path) -> None:
    delivered("archive", "release", "ep01", "--yes")
    assert delivered("plan", "release", "ep01", str(blend)) == 2
    assert "farm restore release ep01" in delivered.err
    assert delivered("status", "release", "ep01") == 2
    assert "farm restore release ep01" in delivered.err


# --- verify and restore ---------------------------------------------------------------------------


def test_a_damaged_archive_is_refused_by_both(delivered: Cli) -> None:
    delivered("archive", "release", "ep01", "--yes")
    archive = delivered.root / "archives" / "ep01.tar.gz"
    archive.write_bytes(archive.read_bytes()[:-100])
    assert delivered("verify", "archive", "ep01") == 1
    assert "is damaged" in delivered.err
    before = tree(delivered)
    assert delivered("restore", "release", "ep01") == 1
    assert "is damaged" in delivered.err
    assert tree(delivered) == before


def test_a_restored_release_is_there_again(delivered: Cli) -> None:
    delivered("archive", "release", "ep01", "--yes")
    (delivered.root / "dist" / "ep01" / "pack_B.png").unlink()
    before = tree(delivered)
    assert delivered("restore", "release", "ep01", "--dry-run") == 0
    assert "Release 'ep01' can be restored: 2 job(s)" in delivered.out
    assert tree(delivered) == before
    assert delivered("restore", "release", "ep01") == 0
    lines = delivered.out.splitlines()
    assert lines[0].startswith("Release 'ep01' is restored: 2 job(s), ")
    assert lines[1] == "1 file(s) of the delivery were missing in dist/ep01."
    assert lines[-1] == str(delivered.root / "releases" / "ep01")
    states = {job["state"] for job in delivered.json("status", "release", "ep01")["result"]["jobs"]}
    assert states == {"delivered"}
    assert delivered("restore", "release", "ep01") == 2
    assert "there is a release 'ep01' already" in delivered.err


def test_restoring_what_was_never_archived_is_wrong_usage(cli: Cli) -> None:
    document = cli.json("restore", "release", "nobody")
    assert document["exit_status"] == 2
    assert document["error"]["hint"] == "no release was archived yet"
    assert cli("verify", "archive", "nobody") == 2


# --- slash-and-burn -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("--yes",),
        ("--name", "test farm"),
        ("--yes", "--name", "another farm"),
        ("--name", "another farm", "--dry-run"),
        ("--yes", "--name", "TEST FARM"),
    ],
)
def test_without_the_farms_name_nothing_is_done(queued: Cli, argv: tuple[str, ...]) -> None:
    before = tree(queued)
    assert queued("slash-and-burn", *argv) == 2
    assert tree(queued) == before
    assert {job.status for job in queued.manager.stored.values()} == {"queued"}


def test_a_dry_run_lists_what_would_go(queued: Cli) -> None:
    (queued.root / "releases" / "no\x1bte.txt").write_bytes(b"x")
    before = tree(queued)
    assert queued("slash-and-burn", "--dry-run") == 0
    line = next(one for one in queued.out.splitlines() if "ep01" in one)
    assert "4 frame(s)" in line
    assert "2 job(s)" in line
    assert "foreign" in queued.out
    assert "\x1b" not in queued.out
    assert "2 job(s) on the local manager of mia on ws12 will be deleted." in queued.out
    assert tree(queued) == before


def test_what_would_go_is_an_event_each(queued: Cli) -> None:
    rows = [one for one in queued.events("slash-and-burn", "--dry-run") if one["event"] == "row"]
    assert [(one["table"], one["key"]) for one in rows] == [("releases", "ep01")]
    assert rows[0]["values"]["running_jobs"] == 2


def test_with_the_farms_name_all_of_it_goes(queued: Cli) -> None:
    document = queued.json("slash-and-burn", "--yes", "--name", "test farm")
    result = document["result"]
    assert (document["exit_status"], result["farm"], result["jobs_deleted"]) == (0, "test farm", 2)
    assert result["jobs_cancelled"] == 2
    assert (queued.root / result["moved"]["ep01"] / "release.json").is_file()
    (release,) = result["releases"]
    assert (release["name"], release["unharvested_frames"]) == ("ep01", 4)
    assert not queued.manager.stored
    assert queued("slash-and-burn", "--yes", "--name", "test farm") == 0
    assert "There is nothing to clear away" in queued.out


def test_now_empties_the_trash_too(queued: Cli) -> None:
    queued("slash-and-burn", "--yes", "--name", "test farm")
    assert queued("slash-and-burn", "--now", "--yes", "--name", "test farm") == 0
    assert "removed" in queued.out
    assert list((queued.root / "trash").iterdir()) == []


def test_on_a_terminal_the_name_is_typed(queued: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n"))
    assert queued("slash-and-burn") == 1
    assert "that is not the farm's name" in queued.err
    assert (queued.root / "releases" / "ep01").is_dir()
    monkeypatch.setattr(sys, "stdin", Terminal("test farm\n"))
    assert queued("slash-and-burn") == 0
    assert "Type the farm's name" in queued.err
    assert not (queued.root / "releases" / "ep01").exists()


def test_a_silent_manager_stops_it_before_anything_is_done(queued: Cli) -> None:
    def silent(_what: str) -> None:
        raise ManagerUnreachableError("connection refused")

    queued.manager.before_answer = silent
    before = tree(queued)
    assert queued("slash-and-burn", "--yes", "--name", "test farm") == 1
    assert "connection refused" in queued.err
    assert tree(queued) == before


def test_an_other_release_stays_while_it_is_in_use(queued: Cli, blend: Path) -> None:
    from farm_addon.core.storage.files import Files
    from farm_addon.core.storage.lock import Lease

    queued.freezer.facts[blend] = file_facts(str(blend), scene_facts("A"))
    assert queued("plan", "release", "ep02", str(blend)) == 0
    lock = queued.root / "releases" / "ep01" / ".lock"
    with Lease(Files(), lock, user="zoe", host="ws12", purpose="submit release ep01"):
        assert queued("slash-and-burn", "--yes", "--name", "test farm") == 1
    assert "'ep01' was left alone" in queued.out
    assert "zoe on ws12" in queued.out
    assert (queued.root / "releases" / "ep01").is_dir()
    assert not (queued.root / "releases" / "ep02").exists()
    assert len(queued.manager.stored) == 2
