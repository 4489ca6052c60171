# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm replace`` and the options of ``farm submit`` that came with it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from farm_addon.cli.commands.sending import duration
from farm_addon.core.errors import BlenderError
from tests.cli.studio import Studio
from tests.fakes.farm import file_facts, scene_facts


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """The release ep01, rendered, then its library was changed: sh010 and sh020 are stale."""
    studio = Studio(tmp_path / "volume")
    studio.bring_to("stale")
    return studio


def attempts(studio: Studio) -> list[str]:
    return sorted(
        f"{job.name} {job.metadata['farm_attempt']} {job.status}"
        for job in studio.cli.manager.stored.values()
    )


UNTOUCHED = ["ep01/poster 1 completed", "ep01/sh010 1 completed", "ep01/sh020 1 completed"]
REPLACED = [*UNTOUCHED, "ep01/sh010 2 queued", "ep01/sh020 2 queued"]


def test_it_says_which_jobs_and_why_before_it_asks(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert studio.cli("replace", "release", "ep01", "--stale") == 1
    assert "Image ‘chair’: 'shots/chair.blend' changed" in studio.cli.out
    assert "2 job(s), 6 frame(s); expected render time: unknown." in studio.cli.out
    assert "replace 2 job(s) of release 'ep01'? [y/N]" in studio.cli.err
    assert attempts(studio) == UNTOUCHED
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert studio.cli("replace", "release", "ep01", "--stale") == 0
    assert attempts(studio) == sorted(REPLACED)


def test_nobody_there_to_ask_means_no(studio: Studio) -> None:
    assert studio.cli("replace", "release", "ep01", "--stale") == 2
    assert "say --yes if you mean it" in studio.cli.err
    assert attempts(studio) == UNTOUCHED


def test_a_dry_run_only_says(studio: Studio) -> None:
    before = sorted(studio.root.rglob("*"))
    document = studio.cli.json("replace", "release", "ep01", "--stale", "--dry-run")
    assert [pick["job"] for pick in document["result"]["picked"]] == ["sh010", "sh020"]
    assert document["result"]["expected_render_s"] is None
    assert sorted(studio.root.rglob("*")) == before
    assert attempts(studio) == UNTOUCHED


def test_a_dry_run_tells_of_a_replacement_that_is_to_be_finished(studio: Studio) -> None:
    studio.run("replace", "release", "ep01", "--stale", "--yes")
    journal = studio.root / "releases/ep01/journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(line for line in lines if '"superseded"' not in line))
    studio.run("replace", "release", "ep01", "--stale", "--dry-run")
    assert studio.cli.out == "Nothing to replace; an earlier replacement would be finished.\n"
    studio.run("replace", "release", "ep01", "--stale")
    assert "what was begun is finished" in studio.cli.out
    studio.run("replace", "release", "ep01", "--stale", "--dry-run")
    assert "No job of release 'ep01' is stale." in studio.cli.out


def test_the_document_tells_what_was_done(studio: Studio) -> None:
    result = studio.cli.json("replace", "release", "ep01", "--stale", "--yes")["result"]
    assert result["posted"] == ["sh010", "sh020"]
    assert result["picked"][0] == {
        "job": "sh010",
        "attempt": 1,
        "frames": "1-3",
        "files": 3,
        "reason": "Image ‘chair’: 'shots/chair.blend' changed",
        "begun": False,
    }


def test_unknown_jobs_are_taken_on_demand(studio: Studio) -> None:
    studio.blends[2].write_bytes(b"saved again")
    result = studio.cli.json("replace", "release", "ep01", "--stale", "--yes")["result"]
    assert "poster" not in result["posted"]
    result = studio.cli.json("replace", "release", "ep01", "--stale", "--unknown", "--yes")
    assert result["result"]["posted"] == ["poster"]


def test_a_job_is_found_without_its_release(studio: Studio) -> None:
    assert studio.cli("replace", "job", "poster", "--yes") == 0
    assert "ep01/poster 2 queued" in attempts(studio)
    assert studio.cli("replace", "job", "poster", "--yes") == 0
    assert "was replaced already, and nothing has changed since" in studio.cli.out
    assert studio.cli("replace", "job", "ep01/poster", "--again", "--yes") == 0
    assert "ep01/poster 3 queued" in attempts(studio)


def test_a_job_takes_another_file(studio: Studio) -> None:
    other = studio.root / "shots" / "poster_v2.blend"
    other.write_bytes(b"version 2")
    facts = file_facts(str(other), scene_facts("poster", frame_end=1))
    studio.cli.freezer.facts[other] = facts
    assert studio.cli("replace", "job", "poster", "--from", str(other), "--yes") == 0
    assert "from 'shots/poster_v2.blend'" in studio.cli.out
    frozen = studio.root / "releases/ep01/store/poster.blend"
    assert frozen.read_bytes().startswith(b"version 2")


def test_an_undo_asks_too_and_is_done_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.run("replace", "release", "ep01", "--stale", "--yes")
    assert studio.cli("replace", "job", "sh010", "--undo", "--dry-run") == 0
    assert "Would bring attempt 1 of job 'sh010' back and cancel attempt 2." in studio.cli.out
    assert studio.cli("replace", "job", "sh010", "--undo") == 2
    monkeypatch.setattr("sys.stdin", Terminal("yes\n"))
    assert studio.cli("replace", "job", "sh010", "--undo") == 0
    assert "Attempt 1 of job 'sh010' counts again." in studio.cli.out
    assert "ep01/sh010 2 canceled" in attempts(studio)
    assert studio.cli("replace", "job", "sh010", "--undo") == 0
    assert "was undone already: attempt 1 counts" in studio.cli.out
    assert studio.cli.json("replace", "job", "sh010", "--undo")["result"]["undone"] is False


def test_waiting_is_for_the_replaced_jobs_alone(studio: Studio) -> None:
    def render(what: str) -> None:
        if what.startswith("job "):
            studio.cli.manager.render("ep01/poster")

    studio.run("replace", "release", "ep01", "--stale", "--yes")
    studio.cli.manager.before_answer = render
    assert studio.cli("replace", "job", "poster", "--yes", "--wait") == 0
    assert "completed" in studio.cli.out
    assert "sh010" not in studio.cli.out


def test_an_archived_release_must_be_restored_first(studio: Studio) -> None:
    studio.run("harvest", "release", "ep01")
    studio.run("archive", "release", "ep01", "--yes")
    for words in (("release", "ep01", "--stale"), ("job", "ep01/sh010")):
        assert studio.cli("replace", *words, "--yes") == 2
        assert "restore it first: farm restore release ep01" in studio.cli.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("release", "ep01"), "say which jobs of the release"),
        (("release", "ep01", "--stale", "--undo"), "--undo is for one job"),
        (("job", "sh010", "--stale"), "--stale is for a release"),
        (("job", "sh010", "--undo", "--again"), "--undo brings back what was"),
        (("job", "sh010", "--undo"), "was not replaced"),
        (("job", "nobody"), "no release has a job 'nobody'"),
        (("job", "ep02/sh010"), "there is no release 'ep02'"),
        (("job", "quick/sh010"), "there is no quick job"),
        (("job", "sh010", "--from", "missing.blend"), "there is no file"),
    ],
)
def test_wrong_usage_exits_2_with_a_sentence(
    studio: Studio, words: tuple[str, ...], sentence: str
) -> None:
    assert studio.cli("replace", *words) == 2
    assert sentence in studio.cli.err
    assert attempts(studio) == UNTOUCHED


# --- submit ---------------------------------------------------------------------------------------


def test_submit_takes_some_jobs_and_keeps_them_waiting(tmp_path: Path) -> None:
    studio = Studio(tmp_path / "volume")
    studio.bring_to("planned")
    assert studio.cli("submit", "release", "ep01", "--only", "sh0*", "--paused") == 0
    assert attempts(studio) == ["ep01/sh010 1 paused", "ep01/sh020 1 paused"]
    assert studio.cli("submit", "release", "ep01", "--only", "x*") == 2
    assert "no job of release 'ep01' matches 'x*'" in studio.cli.err
    assert studio.cli("submit", "release", "ep01", "--paused", "--wait") == 2


def test_several_owners_make_a_column(studio: Studio) -> None:
    studio.run("status", "release", "ep01")
    assert "user" not in studio.cli.out
    journal = studio.root / "releases/ep01/journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    for number, line in enumerate(lines):
        if '"submitting"' in line and '"poster"' in line:
            lines[number] = line.replace('"mia"', '"ben"')
    journal.write_text("".join(lines))
    studio.run("status", "release", "ep01")
    assert "ben" in studio.cli.out
    assert "user" in studio.cli.out


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (59.4, "59 s"), (60, "1 min"), (3599, "1 h 0 min"), (7800, "2 h 10 min")],
)
def test_render_times_are_told_to_two_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_not_knowing_the_render_time_keeps_nobody_from_replacing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise BlenderError("no Blender can be found")

    monkeypatch.setattr("tests.fakes.farm.FakeDecoder.decode", refuse)
    assert studio.cli("replace", "release", "ep01", "--stale", "--yes") == 0
    assert "the render time is not known: no Blender can be found" in studio.cli.err
    assert "expected render time: unknown" in studio.cli.out
