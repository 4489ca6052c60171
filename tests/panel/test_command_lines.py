# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons run is what the command line understands."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm_addon.blender import command_lines
from farm_addon.blender.command_lines import PlanChoices, Settings
from farm_addon.cli.parser import parse

SETTINGS = Settings("/mnt/farm", "ep01 review", "http://farm:8080", "/opt/blender", False)
NAMES = Path("/tmp/names.txt")


def test_shared_options_reach_every_verb() -> None:
    for line in (
        command_lines.submit(SETTINGS, NAMES),
        command_lines.status(SETTINGS),
        command_lines.harvest(SETTINGS),
        command_lines.archive(SETTINGS),
        command_lines.plan(SETTINGS, Path("/tmp/s.json"), ["A"]),
        command_lines.volume_status(SETTINGS),
        command_lines.init(SETTINGS),
    ):
        arguments = parse(["--events", *line])
        assert arguments.events
        assert arguments.volume == "/mnt/farm"
        assert arguments.manager == "http://farm:8080"
        assert arguments.blender == "/opt/blender"
        assert arguments.offline


def test_what_is_not_chosen_is_not_said() -> None:
    arguments = parse(command_lines.volume_status(Settings("", "", "", "b", True)))
    assert (arguments.volume, arguments.manager, arguments.offline) == ("", "", False)


@pytest.mark.parametrize("scene", ["Scene", "--yes", "-x", "a b", "sh*", "é", "=", "[1]"])
def test_any_scene_name_stays_one_scene(scene: str) -> None:
    line = command_lines.plan(SETTINGS, Path("/tmp/s.json"), [scene, "B"], is_dry_run=True)
    arguments = parse(line)
    assert arguments.scenes == [scene, "B"]
    assert arguments.snapshot == str(Path("/tmp/s.json"))
    assert arguments.dry_run
    assert not arguments.yes
    assert arguments.blends == []


@pytest.mark.parametrize("release", ["ep01", "--yes", "-x", "a b"])
def test_any_release_name_stays_a_name(release: str) -> None:
    settings = Settings("/mnt/farm", release, "", "b", True)
    for line in (
        command_lines.submit(settings, NAMES),
        command_lines.status(settings, is_watching=True),
        command_lines.harvest(settings),
        command_lines.plan(settings, Path("/tmp/s.json"), ["A"]),
    ):
        arguments = parse(line)
        assert arguments.name == release
        assert not arguments.yes


def test_archive_was_asked_in_the_window() -> None:
    assert parse(command_lines.archive(SETTINGS)).yes


def test_watching_is_said() -> None:
    assert parse(command_lines.status(SETTINGS, is_watching=True)).watch
    assert not parse(command_lines.status(SETTINGS)).watch


CHOICES = PlanChoices(
    expand="view-layers",
    frames="-5-10",
    chunk_size=8,
    priority=0,
    worker_tag="--gpu",
    job_name="{file}_{scene}",
    dist_name="-{job}.{ext}",
    frame_names="markers",
)


def test_what_was_chosen_about_the_jobs_is_said() -> None:
    line = command_lines.plan(SETTINGS, Path("/tmp/s.json"), ["A"], CHOICES)
    arguments = parse(line)
    assert arguments.expand == "view-layers"
    assert arguments.frames == "-5-10"
    assert (arguments.chunk_size, arguments.priority) == (8, 0)
    assert arguments.worker_tag == "--gpu"
    assert (arguments.job_name, arguments.dist_name) == ("{file}_{scene}", "-{job}.{ext}")
    assert arguments.frame_names == "markers"


def test_what_was_not_chosen_is_left_to_the_farm() -> None:
    assert PlanChoices().options() == ()


def test_other_files_are_planned_by_their_paths() -> None:
    files = [Path("/x/a.blend"), Path("/x/-b.blend")]
    arguments = parse(
        command_lines.plan_files(SETTINGS, files, PlanChoices(chunk_size=4), jobs_file=NAMES)
    )
    assert arguments.name == "ep01 review"
    assert arguments.blends == [str(file) for file in files]
    assert (arguments.chunk_size, arguments.snapshot) == (4, "")


def test_what_was_planned_is_what_is_submitted() -> None:
    plan = parse(command_lines.plan(SETTINGS, Path("/tmp/s.json"), ["A"], jobs_file=NAMES))
    submit = parse(command_lines.submit(SETTINGS, NAMES))
    assert plan.jobs_to == submit.jobs_from == str(NAMES)
    assert parse(command_lines.plan(SETTINGS, Path("/tmp/s.json"), ["A"])).jobs_to == ""


def test_jobs_are_submitted_paused_on_demand() -> None:
    assert parse(command_lines.submit(SETTINGS, NAMES, is_paused=True)).paused
    assert not parse(command_lines.submit(SETTINGS, NAMES)).paused
