# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm seed job``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.studio import Studio


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """The release ep01, submitted; ``poster.blend`` is a still."""
    studio = Studio(tmp_path / "volume")
    studio.bring_to("submitted")
    return studio


def seed(studio: Studio, *words: str) -> int:
    return studio.cli("seed", "job", *words)


def poster(studio: Studio) -> str:
    return str(studio.blends[2])


def quick(studio: Studio) -> list[tuple[str, int, str]]:
    return [
        (job.metadata["farm_attempt"], job.priority, job.status)
        for job in studio.cli.manager.stored.values()
        if job.name.startswith("quick/")
    ]


def test_a_file_goes_ahead(studio: Studio) -> None:
    assert seed(studio, poster(studio), "look") == 0
    assert studio.cli.out == "Job 'quick/look' is submitted with priority 51.\n"
    assert quick(studio) == [("1", 51, "queued")]


def test_the_document_tells_what_was_done(studio: Studio) -> None:
    result = studio.cli.json("seed", "job", poster(studio), "look")["result"]
    assert result == {
        "release": "quick",
        "job": "look",
        "step": "new",
        "attempt": 1,
        "priority": 51,
        "posted": True,
        "requeued": False,
    }


def test_a_dry_run_only_says(studio: Studio) -> None:
    assert seed(studio, poster(studio), "look", "--dry-run") == 0
    assert studio.cli.out == "Job 'quick/look' is new.\n"
    assert not (studio.root / "quick").exists()


def test_a_name_that_is_there_is_said_and_a_running_one_asked_for(studio: Studio) -> None:
    seed(studio, poster(studio), "look")
    assert seed(studio, poster(studio), "look") == 0
    assert "job 'quick/look' is there, was sent and has not changed" in studio.cli.err
    studio.blends[2].write_bytes(b"saved again")
    assert seed(studio, "look") == 2
    assert "which is not finished" in studio.cli.err
    assert quick(studio) == [("1", 51, "queued")]
    assert seed(studio, "look", "--yes") == 0
    assert quick(studio) == [("1", 51, "canceled"), ("2", 51, "queued")]


def test_a_finished_one_that_has_changed_is_replaced_without_a_question(studio: Studio) -> None:
    seed(studio, poster(studio), "look")
    studio.cli.manager.render("quick/look")
    studio.blends[2].write_bytes(b"saved again")
    assert seed(studio, "look") == 0
    assert "is submitted as attempt 2" in studio.cli.out


def test_waiting_is_for_the_seeded_job_alone(studio: Studio) -> None:
    seed(studio, poster(studio), "other")

    def render(what: str) -> None:
        if what.startswith("job "):
            studio.cli.manager.render("quick/look")

    studio.cli.manager.before_answer = render
    assert seed(studio, poster(studio), "look", "--wait") == 0
    assert "completed" in studio.cli.out
    assert "other" not in studio.cli.out


def test_a_quick_job_is_harvested_replaced_and_shown_like_any_other(studio: Studio) -> None:
    seed(studio, poster(studio), "look")
    studio.cli.manager.render("quick/look")
    assert studio.cli("status", "release", "quick") == 0
    assert "look" in studio.cli.out
    assert studio.cli("harvest", "release", "quick") == 0
    assert (studio.root / "dist/quick/look.png").is_file()
    assert studio.cli("replace", "job", "quick/look", "--yes") == 0
    assert ("2", 50, "queued") in quick(studio)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("look",), "there is no job 'look' in 'quick'"),
        (("missing.blend", "look"), "there is no file"),
        (("a.blend", "b.blend", "look"), "one file and one job at a time"),
        (("CON",), "Windows keeps it for a device"),
    ],
)
def test_wrong_usage_exits_2_with_a_sentence(
    studio: Studio, words: tuple[str, ...], sentence: str
) -> None:
    assert seed(studio, *words) == 2
    assert sentence in studio.cli.err
    assert not (studio.root / "quick").exists()


@pytest.mark.parametrize("verb", ["plan", "archive"])
def test_quick_is_no_release(studio: Studio, verb: str) -> None:
    seed(studio, poster(studio), "look")
    files = (poster(studio),) if verb == "plan" else ("--yes",)
    assert studio.cli(verb, "release", "quick", *files) == 2
    assert "quick" in studio.cli.err
