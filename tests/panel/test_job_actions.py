# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines behind the buttons of the box Jobs, and what is said before they are run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.blender import job_commands
from farm_addon.blender.command_lines import Settings
from farm_addon.blender.view.job_table import JobLine
from farm_addon.blender.view.job_words import (
    NAMES_MOST,
    join_names,
    named,
    owners,
    owners_text,
    split_names,
)
from farm_addon.cli.parser import parse
from farm_addon.core.errors import UsageError

SETTINGS = Settings("/mnt/farm", "ep01 review", "http://farm:8080", "/opt/blender", False)
FILE = Path("/tmp/jobs.txt")


def as_it_is(text: str) -> str:
    return text


@pytest.mark.parametrize("deletes", [False, True])
def test_cancelling_was_asked_in_the_window_and_means_as_many_as_are_named(deletes: bool) -> None:
    arguments = parse(job_commands.kill(SETTINGS, FILE, 2345, deletes=deletes))
    assert arguments.verb == "kill"
    assert arguments.what == "ep01 review.jobs"
    assert arguments.jobs_from == str(FILE)
    assert arguments.limit == 2345
    assert arguments.yes
    assert arguments.delete == deletes
    assert not arguments.foreign


@pytest.mark.parametrize("verb", ["pause", "resume", "requeue"])
def test_changes_are_about_the_jobs_in_the_file(verb: str) -> None:
    arguments = parse(getattr(job_commands, verb)(SETTINGS, FILE, 3))
    assert arguments.verb == verb
    assert arguments.what == "ep01 review.jobs"
    assert arguments.jobs_from == str(FILE)
    assert arguments.limit == 3


def test_a_priority_is_given() -> None:
    arguments = parse(job_commands.priority(SETTINGS, FILE, 3, 0))
    assert (arguments.verb, arguments.priority) == ("priority", 0)
    assert arguments.what == "ep01 review.jobs"


def test_replacing_was_asked_in_the_window() -> None:
    arguments = parse(job_commands.replace(SETTINGS, FILE))
    assert (arguments.what, arguments.name) == ("release", "ep01 review")
    assert arguments.jobs_from == str(FILE)
    assert arguments.yes


def test_one_job_is_asked_about_with_a_picture() -> None:
    arguments = parse(job_commands.job_detail(SETTINGS, "ep01", "sh010", Path("/tmp/p.jpg")))
    assert (arguments.verb, arguments.what, arguments.name) == ("status", "job", "ep01/sh010")
    assert arguments.picture == str(Path("/tmp/p.jpg"))


def test_names_are_written_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "jobs.txt"
    job_commands.write_jobs_file(path, ["sh 010", "é"])
    assert path.read_bytes() == "sh 010\né\n".encode()


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x00b"])
def test_a_name_that_would_be_read_as_another_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "jobs.txt"
    with pytest.raises(UsageError):
        job_commands.write_jobs_file(path, ["sh010", name])
    assert not path.exists()


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        job_commands.write_jobs_file(tmp_path / "gone" / "jobs.txt", ["sh010"])


@given(st.lists(st.from_regex(r"[a-zé0-9][a-z. _-]{0,6}[a-z0-9]", fullmatch=True), unique=True))
def test_names_survive_a_property_of_an_operator(names: list[str]) -> None:
    assert split_names(join_names(names)) == names


def test_scripts_may_put_commas_between_names() -> None:
    assert split_names("sh010, sh020,,\n sh030\nsh010") == ["sh010", "sh020", "sh030"]


def test_of_many_jobs_the_first_are_named() -> None:
    names = [f"sh{number}" for number in range(NAMES_MOST + 7)]
    assert named(names[:2], as_it_is) == "sh0, sh1"
    assert named(names[:NAMES_MOST], as_it_is).count(",") == NAMES_MOST - 1
    assert named(names, as_it_is).endswith("sh4 and 7 more")


def test_other_peoples_jobs_are_named_as_theirs() -> None:
    users = {"a": "mia", "b": "mia", "c": "tom", "d": "me", "e": ""}
    lines = {name: JobLine(name, user=user) for name, user in users.items()}
    others = owners([*users, "gone"], lines, "me")
    assert owners_text(others, as_it_is) == "2 of mia, 1 of tom"
    assert owners_text(owners(["d", "e"], lines, "me"), as_it_is) == ""
