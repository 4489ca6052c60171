# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm sheet``: where the contact sheet is, and a copy of it for a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm_addon.decoding.png_encoder import encode_png
from farm_addon.decoding.thumbnail import size_of
from tests.cli.conftest import Cli

numpy = pytest.importorskip("numpy")
pytest.importorskip("OpenImageIO")


@pytest.fixture
def sheet(cli: Cli, blend: Path) -> Path:
    """A release with a contact sheet."""
    assert cli("plan", "release", "ep01", str(blend)) == 0
    path = cli.root / "releases" / "ep01" / "reports" / "contact_sheet.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(encode_png(numpy.full((1500, 3000, 3), 128, numpy.uint8)))
    return path


def test_the_sheet_is_told(cli: Cli, sheet: Path) -> None:
    assert cli("sheet", "release", "ep01") == 0
    assert cli.out.splitlines() == [str(sheet)]


def test_a_copy_fits_a_screen(cli: Cli, sheet: Path, tmp_path: Path) -> None:
    picture = tmp_path / "copy.jpg"
    document = cli.json("sheet", "release", "ep01", f"--picture={picture}")
    assert document["result"] == {
        "release": "ep01",
        "sheet": str(sheet),
        "picture": str(picture),
    }
    assert picture.read_bytes()[:3] == b"\xff\xd8\xff"
    assert size_of(picture) == (1600, 800)


def test_a_dry_run_writes_no_copy(cli: Cli, sheet: Path, tmp_path: Path) -> None:
    picture = tmp_path / "copy.jpg"
    assert cli("sheet", "release", "ep01", f"--picture={picture}", "--dry-run") == 0
    assert not picture.exists()


def test_without_a_sheet_it_says_what_makes_one(cli: Cli, sheet: Path) -> None:
    sheet.unlink()
    assert cli("sheet", "release", "ep01") == 1
    assert "farm harvest release ep01" in cli.err


def test_a_damaged_sheet_is_an_error(cli: Cli, sheet: Path, tmp_path: Path) -> None:
    sheet.write_bytes(sheet.read_bytes()[:60])
    assert cli("sheet", "release", "ep01", f"--picture={tmp_path / 'copy.jpg'}") == 1
    assert "cannot be read" in cli.err


def test_only_a_jpeg_is_written(cli: Cli, sheet: Path, tmp_path: Path) -> None:
    assert cli("sheet", "release", "ep01", f"--picture={tmp_path / 'copy.png'}") == 2
    assert ".jpg" in cli.err


def test_a_copy_that_cannot_be_written_is_an_error(cli: Cli, sheet: Path, tmp_path: Path) -> None:
    assert cli("sheet", "release", "ep01", f"--picture={tmp_path / 'no' / 'copy.jpg'}") == 1
    assert "cannot be written" in cli.err
