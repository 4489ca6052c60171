# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not just as we would have written it is refused whole, and nothing is written."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm_addon.core.archiving import restore
from farm_addon.core.archiving.archive import verify
from farm_addon.core.archiving.member_names import MemberNames
from farm_addon.core.errors import FarmError, NewerSchemaError, VolumeError
from farm_addon.core.storage.new_tree import NewTree
from farm_addon.core.workspace import Workspace
from tests.core.archiving.archives import RELEASE_ID, entry, forge, label
from tests.core.flow import NAME, Flow

HEADER = json.dumps(
    {
        "schema": 1,
        "release_id": RELEASE_ID,
        "name": "ep01",
        "created": "2026-11-24T12:00:00.000Z",
        "settings": {},
    }
).encode()
GOOD = {
    "release/release.json": HEADER,
    "release/journal.jsonl": b'{"event":"planned","jobs":[],"drop":[]}\n',
    "release/out/sh010/000001.png": b"a frame",
    "dist/sh010.png": b"another frame",
}
Forge = Callable[[Path], object]


def also(**files: bytes) -> Forge:
    return lambda path: forge(path, GOOD | files)


def named(*names: str) -> Forge:
    return lambda path: forge(path, GOOD | dict.fromkeys(names, b"x"))


def odd(name: str, kind: bytes, target: str = "") -> Forge:
    info = entry(name, kind=kind)
    info.linkname = target
    return lambda path: forge(path, GOOD, (info, b""))


def header(**changes: object) -> Forge:
    data = {**json.loads(HEADER), **changes}
    return lambda path: forge(path, {**GOOD, "release/release.json": json.dumps(data).encode()})


def grow(path: Path) -> None:
    forge(path, GOOD, said=label(4, sum(map(len, GOOD.values())) - 1))


def bomb(path: Path) -> None:
    forge(path, {**GOOD, "dist/bomb.png": bytes(40 << 20)})
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), 9))


def sparse_members(path: Path) -> None:
    """One gzip member for each byte."""
    forge(path, GOOD)
    tar = gzip.decompress(path.read_bytes())
    path.write_bytes(b"".join(gzip.compress(tar[at : at + 16]) for at in range(0, len(tar), 16)))


def no_label(path: Path) -> None:
    forge(path, GOOD)
    tar = gzip.decompress(path.read_bytes())
    size_bytes = len(label(len(GOOD), 1).to_bytes())
    path.write_bytes(gzip.compress(tar[512 + size_bytes + -size_bytes % 512 :]))


def sums_alone(path: Path) -> None:
    header = entry("ep01/SHA256SUMS").tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")
    path.write_bytes(gzip.compress(header + bytes(1024)))


def trailing(path: Path) -> None:
    forge(path, GOOD)
    path.write_bytes(path.read_bytes() + gzip.compress(b"and more"))


def garbage(path: Path) -> None:
    forge(path, GOOD)
    path.write_bytes(path.read_bytes() + b"garbage")


def endless_name(path: Path) -> None:
    info = entry("ep01/dist/x")
    info.pax_headers = {"comment": "x" * 100_000}
    forge(path, GOOD, (info, b""))


def other_pax(path: Path) -> None:
    info = entry("ep01/dist/x")
    info.pax_headers = {"GNU.sparse.size": "1"}
    forge(path, GOOD, (info, b""))


HOSTILE: dict[str, tuple[Forge, str]] = {
    "a way up": (named("release/../../x"), "leads elsewhere"),
    "a way up at once": (named("../x"), "neither of the folders"),
    "an absolute path": (odd("/etc/passwd", tarfile.REGTYPE), "does not lie in its folder"),
    "an absolute path inside": (named("release//etc/x"), "leads elsewhere"),
    "a drive letter": (named("release/C:/x"), "not legal everywhere"),
    "a drive letter at once": (odd("C:/x", tarfile.REGTYPE), "does not lie in its folder"),
    "a backslash": (named("release/..\\x"), "not legal everywhere"),
    "a stream": (named("release/x.png:hidden"), "not legal everywhere"),
    "a line break": (named("release/x\ny"), "not legal everywhere"),
    "a Windows device": (named("release/aux.png"), "device"),
    "a trailing dot": (named("release/x./y"), "ends with a dot"),
    "a trailing space": (named("release/x "), "ends with a dot or a space"),
    "an endless name": (named("release/" + "n" * 256), "longer than 255"),
    "an endless path": (named("release/" + "d/" * 400 + "x"), "too long"),
    "a symbolic link": (odd("ep01/dist/x", tarfile.SYMTYPE, "/etc/passwd"), "symbolic link"),
    "a hard link": (odd("ep01/dist/x", tarfile.LNKTYPE, "ep01/dist/sh010.png"), "hard link"),
    "a device": (odd("ep01/dist/x", tarfile.CHRTYPE), "a device"),
    "a block device": (odd("ep01/dist/x", tarfile.BLKTYPE), "a device"),
    "a named pipe": (odd("ep01/dist/x", tarfile.FIFOTYPE), "named pipe"),
    "a folder of its own": (odd("ep01/dist/x", tarfile.DIRTYPE), "folder"),
    "a contiguous file": (odd("ep01/dist/x", tarfile.CONTTYPE), "no regular file"),
    "a GNU long name": (odd("ep01/dist/x", tarfile.GNUTYPE_LONGNAME), "no regular file"),
    "a sparse file": (odd("ep01/dist/x", tarfile.GNUTYPE_SPARSE), "no regular file"),
    "an endless header": (endless_name, "endless header"),
    "other things in a header": (other_pax, "may not say"),
    "a name twice": (
        lambda path: forge(path, GOOD, (entry("ep01/dist/sh010.png", b"x"), b"x")),
        "there twice",
    ),
    "names that differ in case": (named("dist/SH010.png"), "in case or Unicode form alone"),
    "folders that differ in case": (named("release/OUT/x"), "in case or Unicode form alone"),
    "names that differ in Unicode form": (
        named("dist/ä.png", "dist/a\u0308.png"),
        "in case or Unicode form alone",
    ),
    "a file that is a folder": (named("dist/x", "dist/x/y"), "a file and a folder"),
    "a folder that is a file": (named("dist/x/y", "dist/x"), "there twice"),
    "a lock": (named("release/.lock"), "a lock or a temporary file"),
    "a temporary file": (named("release/.x.0123abcd.tmp"), "a lock or a temporary file"),
    "a third folder": (named("trash/x"), "neither of the folders"),
    "a file beside the folders": (named("x"), "neither of the folders"),
    "another top folder": (odd("other/x", tarfile.REGTYPE), "does not lie in its folder"),
    "a wrong checksum": (
        lambda path: forge(path, GOOD, sums=b"0" * 64 + b"  dist/sh010.png\n"),
        "does not match its checksum",
    ),
    "no checksums": (lambda path: forge(path, GOOD, sums=b""), "does not match its checksum"),
    "an endless checksum list": (
        lambda path: forge(path, GOOD, sums=bytes(200_000)),
        "endless",
    ),
    "a checksum too many": (
        lambda path: forge(path, {**GOOD, "SHA256SUMS": b"x"}),
        "does not match its checksum",
    ),
    "a file too many": (
        lambda path: forge(path, GOOD, (entry("ep01/dist/x", b"x"), b"x")),
        "more than its label",
    ),
    "a file too few": (
        lambda path: forge(path, GOOD, said=label(5, sum(map(len, GOOD.values())))),
        "not hold as much",
    ),
    "more bytes than it says": (grow, "more than its label"),
    "a bomb": (bomb, "shrank more"),
    "many tiny pieces": (sparse_members, "more pieces"),
    "something after the end": (trailing, "follows"),
    "garbage after the end": (garbage, "damaged"),
    "something before the end": (lambda path: forge(path, GOOD, after=bytes(512)), "follows"),
    "an entry after the checksums": (
        lambda path: forge(path, GOOD, after=entry("ep01/dist/x").tobuf()),
        "follows",
    ),
    "no label": (no_label, "before 0.2.0"),
    "the checksum list alone": (sums_alone, "does not begin with"),
    "the label of another release": (
        lambda path: forge(path, GOOD, said=label(4, 1 << 20, release="other")),
        "that of release 'other'",
    ),
    "the record of another release": (header(name="other"), "belongs to release"),
    "the record of another release's UUID": (
        header(release_id="11111111-3b58-4a0e-9a71-0c6f1c2d3e4f"),
        "another release's record",
    ),
    "a record in other letters": (header(name="EP01"), "another release's record"),
    "a newer record": (header(schema=99), "newer farm_addon"),
    "a record that is none": (
        lambda path: forge(path, {**GOOD, "release/release.json": b"[]"}),
        "cannot be understood",
    ),
    "no record": (
        lambda path: forge(path, {"dist/sh010.png": b"x"}),
        "holds no release",
    ),
    "a journal that makes no sense": (
        lambda path: forge(path, {**GOOD, "release/journal.jsonl": b'{"event":"frozen"}\n'}),
        "makes no sense",
    ),
    "a journal with a path out of the volume": (
        lambda path: forge(
            path,
            {
                **GOOD,
                "release/journal.jsonl": json.dumps(
                    {"event": "planned", "jobs": [{"name": "../x"}], "drop": []}
                ).encode()
                + b"\n",
            },
        ),
        "makes no sense",
    ),
}


def everything(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_refused_and_nothing_is_written(what: str, workspace: Workspace) -> None:
    make, reason = HOSTILE[what]
    archive = workspace.volume.archive("ep01")
    archive.parent.mkdir()
    workspace.volume.releases.mkdir()
    make(archive)
    before = everything(workspace.volume.root.parent)
    for attempt in (
        lambda: restore.restore_release(workspace, "ep01"),
        lambda: restore.restore_release(workspace, "ep01", is_dry_run=True),
        lambda: verify(workspace, "ep01"),
    ):
        with pytest.raises(VolumeError, match=reason) as caught:
            attempt()
        assert "\n" not in caught.value.message
        assert str(archive) in caught.value.message
        assert everything(workspace.volume.root.parent) == before


def test_the_good_one_that_they_are_made_from_is_taken(workspace: Workspace) -> None:
    archive = workspace.volume.archive("ep01")
    archive.parent.mkdir()
    forge(archive, GOOD)
    assert verify(workspace, "ep01").files == len(GOOD)
    assert restore.restore_release(workspace, "ep01").dist_files == 1
    assert (workspace.volume.dist_folder("ep01") / "sh010.png").read_bytes() == b"another frame"


def test_an_archive_from_before_there_were_labels_says_how_to_get_at_it(
    workspace: Workspace,
) -> None:
    """As farm_addon 0.1.0 wrote it: a gzip member for each file, no label."""
    archive = workspace.volume.archive("ep01")
    archive.parent.mkdir()
    lines = (f"{hashlib.sha256(one).hexdigest()}  {name}\n" for name, one in GOOD.items())
    files = {**GOOD, "SHA256SUMS": "".join(lines).encode()}
    members = [
        gzip.compress(
            entry(f"ep01/{name}", content).tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")
            + content
            + bytes(-len(content) % 512),
            1,
        )
        for name, content in files.items()
    ]
    archive.write_bytes(b"".join(members) + gzip.compress(bytes(1024)))
    for attempt in (
        lambda: restore.restore_release(workspace, "ep01"),
        lambda: restore.restore_release(workspace, "ep01", is_dry_run=True),
        lambda: verify(workspace, "ep01"),
    ):
        with pytest.raises(VolumeError, match=r"before 0\.2\.0") as caught:
            attempt()
        assert f"tar xzf '{archive}'" in caught.value.hint
    assert not workspace.volume.release_folder("ep01").exists()


def test_an_archive_of_a_newer_kind_is_refused(workspace: Workspace) -> None:
    archive = workspace.volume.archive("ep01")
    archive.parent.mkdir()

    class Newer:
        def to_bytes(self) -> bytes:
            return json.dumps({"schema": 2}).encode()

    forge(archive, GOOD, said=Newer())  # type: ignore[arg-type]
    with pytest.raises(NewerSchemaError, match="newer farm_addon"):
        restore.restore_release(workspace, "ep01")


def test_what_has_no_room_is_refused_before_it_is_unpacked(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = workspace.volume.archive("ep01")
    archive.parent.mkdir()
    forge(archive, GOOD)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(9, 8, 1))
    monkeypatch.setattr(NewTree, "write", lambda *_args: pytest.fail("it was written"))
    for is_dry_run in (True, False):
        with pytest.raises(VolumeError, match=r"needs 0\.0 GB"):
            restore.restore_release(workspace, "ep01", is_dry_run=is_dry_run)


@pytest.fixture(scope="module")
def archive_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    from tests.core.conftest import open_workspace

    flow = Flow(
        open_workspace(tmp_path_factory.mktemp("x") / "volume"), tmp_path_factory.mktemp("y")
    )
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.harvest()
    return flow.archive().archive.read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_was_changed_in_an_archive_it_is_refused_or_means_the_same(
    archive_bytes: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    from tests.core.conftest import open_workspace

    workspace = open_workspace(tmp_path_factory.mktemp("changed") / "volume")
    archive = workspace.volume.archive(NAME)
    archive.parent.mkdir()
    changed = bytearray(archive_bytes)
    place = data.draw(st.integers(0, len(changed) - 1))
    how = data.draw(st.sampled_from(("flip", "cut", "drop", "double", "insert")))
    if how == "flip":
        changed[place] ^= data.draw(st.integers(1, 255))
    elif how == "cut":
        del changed[place:]
    elif how == "drop":
        del changed[place : place + data.draw(st.integers(1, 600))]
    elif how == "double":
        changed[place:place] = changed[place : place + 512] or b"x"
    else:
        changed[place:place] = data.draw(st.binary(min_size=1, max_size=64))
    archive.write_bytes(archive_bytes)
    sums = verify(workspace, NAME)
    archive.write_bytes(changed)
    try:
        again = verify(workspace, NAME)
    except FarmError:
        before = everything(workspace.volume.root)
        with pytest.raises(FarmError):
            restore.restore_release(workspace, NAME)
        assert [one for one in everything(workspace.volume.root) if one != "releases"] == before
    else:
        assert again.files == sums.files


@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=6))
def test_names_that_are_taken_are_different_files_inside_the_folder_on_every_platform(
    names: list[str],
) -> None:
    book = MemberNames()
    taken = [name for name in names if not book.add(f"dist/{name}")]
    for name in taken:
        inside = os.path.normpath(f"/top/{name}")
        assert inside.startswith("/top/")
        assert not set('<>:"|?*\\\0') & set(name)
    assert len({name.casefold() for name in taken}) == len(taken)
