# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of releases, jobs and delivered files."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farm_addon.core.names import (
    NameRefusedError,
    check_name,
    check_output_name,
    fold,
    suggest_name,
)

ANY_TEXT = st.text(st.characters(), max_size=100)
NASTY_TEXT = st.text(
    st.sampled_from("ab .-_{}/\\:\x00\né\u0301ß\U00020000\U0001f600\u202e\ud800"), max_size=100
) | st.sampled_from(
    ["CON", "con.", "COM1.blend", "lpt¹", "quick", "QUICK", "release", "a.jobs", ".jobs", "x.JOBS"]
)
no_deadline = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
KINDS: tuple[Literal["release", "job"], ...] = ("release", "job")


@pytest.mark.parametrize(
    "name",
    [
        "sh010",
        "Ep 01.v2",
        "_x",
        "日本",
        "ночь-2",
        "मेज़",
        "שלום",
        "٣٤",
        "a.b-c",
        "½",
        "console",
        "com10",
        "x" * 64,
        "é" * 64,
        "\U00020000" * 50,
        "quick fix",
        "jobs",
    ],
)
def test_names_in_any_script_are_legal(name: str) -> None:
    for kind in KINDS:
        assert check_name(name, kind=kind) == name


REFUSED = {
    "": "empty",
    ".": "begins",
    "..": "begins",
    "../x": "'/'",
    "a/b": "'/'",
    "a\\b": r"'\\'",
    "a\nb": r"'\\n'",
    "a\x00b": r"'\\x00'",
    "{frame}": "'{', '}'",
    " x": "begins",
    "x ": "ends",
    "x.": "ends",
    ".x": "begins",
    "-x": "begins",
    "CON": "device",
    "con.txt": "device",
    "con .txt": "device",
    "LPT1": "device",
    "com¹.blend": "device",
    "\U0001f600": "may not be in it",
    "a\u202eb": r"'\\u202e'",
    "a\u00a0b": "may not be in it",
    "x" * 65: "more than 64 characters",
    "\U00020000" * 51: "longer than 200 bytes",
    "a:b": "':'",
    "a*": r"'\*'",
    "a\ud800": r"'\\ud800'",
}


@pytest.mark.parametrize("name", REFUSED)
def test_names_that_some_system_could_not_keep_are_refused(name: str) -> None:
    for kind in KINDS:
        with pytest.raises(NameRefusedError, match=REFUSED[name]) as caught:
            check_name(name, kind=kind)
        assert caught.value.exit_status == 2
        suggested = caught.value.hint.removeprefix("try: ")
        assert check_name(suggested, kind=kind) == suggested
        caught.value.message.encode()  # can be printed


@pytest.mark.parametrize("name", ["quick", "Quick", "release", "RELEASE", "ep.jobs", "EP.JOBS"])
def test_words_of_the_command_line_name_no_release_but_may_name_a_job(name: str) -> None:
    with pytest.raises(NameRefusedError, match="reserved"):
        check_name(name, kind="release")
    assert check_name(name, kind="job") == name


@no_deadline
@given(ANY_TEXT | NASTY_TEXT)
def test_a_suggestion_is_always_legal_and_stays(text: str) -> None:
    name = suggest_name(text)
    for kind in KINDS:
        assert check_name(name, kind=kind) == name
    assert suggest_name(name) == name


@no_deadline
@given(ANY_TEXT | NASTY_TEXT)
def test_what_is_legal_is_its_own_suggestion_and_can_be_a_file_everywhere(text: str) -> None:
    try:
        name = check_name(text)
    except NameRefusedError:
        return
    assert suggest_name(text) == name
    assert unicodedata.is_normalized("NFC", name)
    assert len(name) <= 64
    assert len(name.encode()) <= 200
    assert not set(name) & set('<>:"/\\|?*{}\0')
    assert check_output_name(f"{name}.png") == f"{name}.png"


@settings(no_deadline, max_examples=50)
@given(ANY_TEXT | NASTY_TEXT)
def test_a_suggestion_can_be_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / f"{suggest_name(text)}.blend"
    path.write_bytes(b"")
    assert path.parent == tmp_path
    path.unlink()


def test_composed_and_decomposed_names_are_one() -> None:
    assert check_name("cafe\u0301", kind="job") == "caf\xe9"
    assert fold("CAFE\u0301") == fold("café")
    assert check_name("e\u0301" * 64) == "é" * 64


def test_names_that_differ_in_case_alone_clash() -> None:
    assert fold("STRASSE") == fold("straße")
    assert fold("Shot") == fold("SHOT") != fold("Shop")


@no_deadline
@given(ANY_TEXT)
def test_folding_ignores_case_and_form(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "name", ["Chair_oak_0_30_15.png", "A & B (final), v2.exr", "100%.png", "x" * 251 + ".png"]
)
def test_a_studio_may_deliver_under_more_than_job_names(name: str) -> None:
    assert check_output_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b.png",
        "..\\b.png",
        "C:b.png",
        "a\nb.png",
        "a\x00.png",
        "a\u202egnp.exe",
        ".hidden.png",
        "-rf.png",
        " a.png",
        "a.png ",
        "a.",
        "con.png",
        "aux",
        "x" * 252 + ".png",
        "é" * 128,
        "a?.png",
        "a\ud800.png",
    ],
)
def test_delivery_names_stay_in_their_folder_on_every_system(name: str) -> None:
    with pytest.raises(NameRefusedError, match="no name for a delivered file") as caught:
        check_output_name(name)
    caught.value.message.encode()
