# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which decoder is chosen, and decoding by a background Blender."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from farm_addon.background.decoder import BackgroundDecoder, choose_decoder
from farm_addon.background.runtime import BlenderRuntime, RuntimeKind
from farm_addon.background.session import BlenderSession
from tests.fakes.odd_blender import OddBlender

RUNTIME = BlenderRuntime(RuntimeKind.EXECUTABLE, Path("/b"))


class OddSession(BlenderSession):
    """A session whose Blender has OpenImageIO, whatever the child says."""

    has_openimageio = True  # type: ignore[assignment]


@pytest.fixture
def odd() -> OddBlender:
    return OddBlender()


@pytest.fixture
def background(odd: OddBlender, tmp_path: Path) -> Iterator[BackgroundDecoder]:
    session = partial(OddSession, start_child=odd)
    with BackgroundDecoder(lambda: RUNTIME, tmp_path / "log", make_session=session) as one:
        yield one


@pytest.fixture
def without_openimageio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "OpenImageIO", None)


def never() -> BlenderRuntime | None:
    raise AssertionError("no Blender was needed")


def test_openimageio_of_this_python_goes_first() -> None:
    pytest.importorskip("OpenImageIO")
    with choose_decoder(never) as chosen:
        assert chosen.can_decode("openexr")


@pytest.mark.usefixtures("without_openimageio")
def test_without_openimageio_and_without_blender_png_alone_is_decoded() -> None:
    with choose_decoder(lambda: None) as chosen:
        assert chosen.can_decode("png")
        assert not chosen.can_decode("openexr")
        assert not chosen.can_decode("")


@pytest.mark.usefixtures("without_openimageio")
def test_blender_is_looked_for_at_the_first_question_only() -> None:
    with choose_decoder(never):
        pass


@pytest.mark.usefixtures("without_openimageio")
def test_blender_without_openimageio_leaves_png(odd: OddBlender, tmp_path: Path) -> None:
    session = partial(BlenderSession, start_child=odd)
    with BackgroundDecoder(lambda: RUNTIME, tmp_path / "log", make_session=session) as one:
        assert not one.can_decode("openexr")
        assert one.can_decode("png")
    assert len(odd.arguments) == 1


def test_formats_are_those_of_that_blender(background: BackgroundDecoder) -> None:
    assert background.can_decode("openexr")
    assert not background.can_decode("webp")
    assert not background.can_decode("")


def test_verdicts_come_in_order(background: BackgroundDecoder, odd: OddBlender) -> None:
    paths = [Path(f"/v/{n:03d}.exr") for n in range(450)]
    verdicts = list(background.decode(paths))
    assert [verdict.path for verdict in verdicts] == paths
    assert verdicts[0].format_name == "openexr"
    assert verdicts[0].note == "n"
    assert len(odd.arguments) == 1


def test_file_that_kills_blender_gets_a_verdict_and_the_others_theirs(
    background: BackgroundDecoder,
) -> None:
    paths = [Path("/v/1.exr"), Path("/v/killer.exr"), Path("/v/3.exr")]
    first, killer, third = background.decode(paths)
    assert not first.problem
    assert not third.problem
    assert "did not survive" in killer.problem
    assert [first.path, killer.path, third.path] == paths


def test_nothing_to_decode_is_nothing(background: BackgroundDecoder) -> None:
    assert list(background.decode([])) == []


def test_version_is_told_without_starting_blender(
    background: BackgroundDecoder, odd: OddBlender
) -> None:
    assert background.version.endswith(f"executable:{RUNTIME.program} 0")
    assert odd.arguments == []
    with BackgroundDecoder(lambda: None) as none:
        assert none.version == none.fallback.version
