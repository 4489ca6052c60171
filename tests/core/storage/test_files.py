# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one layer that writes to a volume: whole or not at all, stopped anywhere."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm_addon.core.errors import VolumeError
from farm_addon.core.storage import disk_steps
from farm_addon.core.storage.files import Files, temporary_beside
from tests.fakes.stop import StopAfter, Stopped, every_stop

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file systems")
not_root = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root may do everything"
)


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system")
    folder = Path(tempfile.mkdtemp(dir=memory))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that has no hard links, as exFAT and many SMB shares."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


# --- content ----------------------------------------------------------------------------------


def test_an_atomic_write_stopped_anywhere_leaves_the_old_or_the_new_content(tmp_path: Path) -> None:
    path = tmp_path / "release.json"
    path.write_bytes(b"old")
    seen = set()
    for _ in every_stop(lambda files: files.write_atomic(path, b"new")):
        seen.add(path.read_bytes())
        Files().remove_leftovers(tmp_path)
        assert names(tmp_path) == ["release.json"]
        path.write_bytes(b"old")
    assert seen == {b"old", b"new"}
    assert path.read_bytes() == b"new"


def test_an_append_stopped_anywhere_adds_everything_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    seen = set()
    for _ in every_stop(lambda files: files.append(path, b"line\n")):
        seen.add(path.read_bytes())
        path.unlink()
    assert seen == {b"", b"line\n"}
    assert path.read_bytes() == b"line\n"


def test_appends_come_one_after_the_other(tmp_path: Path) -> None:
    files = Files()
    for text in (b"a\n", b"b\n"):
        files.append(tmp_path / "log", text)
    files.truncate(tmp_path / "log", 3)
    files.append(tmp_path / "log", b"c\n")
    assert (tmp_path / "log").read_bytes() == b"a\nbc\n"


def test_only_one_can_create_a_file_exclusively(tmp_path: Path) -> None:
    path = tmp_path / "farm.toml"
    Files().create_exclusive(path, b"first")
    with pytest.raises(FileExistsError):
        Files().create_exclusive(path, b"second")
    assert names(tmp_path) == ["farm.toml"]
    assert path.read_bytes() == b"first"


def test_a_file_created_exclusively_is_whole_or_missing(tmp_path: Path) -> None:
    path = tmp_path / "farm.toml"
    for _ in every_stop(lambda files: files.create_exclusive(path, b"content")):
        assert not path.exists() or path.read_bytes() == b"content"
        path.unlink(missing_ok=True)
    assert path.read_bytes() == b"content"


@pytest.mark.usefixtures("no_links")
def test_without_hard_links_nothing_is_overwritten_either(tmp_path: Path) -> None:
    files = Files()
    files.create_exclusive(tmp_path / "a", b"a")
    with pytest.raises(FileExistsError):
        files.create_exclusive(tmp_path / "a", b"b")
    files.rename(tmp_path / "a", tmp_path / "b")
    (tmp_path / "c").write_bytes(b"c")
    with pytest.raises(VolumeError, match="another file is there already"):
        files.move_all([(tmp_path / "c", tmp_path / "b")])
    assert names(tmp_path) == ["b", "c"]
    assert (tmp_path / "b").read_bytes() == b"a"


def test_an_exclusive_file_survives_that_its_temporary_was_cleared_away(tmp_path: Path) -> None:
    cleared = []

    def clear(operation: str, path: Path) -> None:
        if operation == "sync" and not cleared:
            cleared.append(path)
            path.unlink()

    Files(after=clear).create_exclusive(tmp_path / "a", b"content")
    assert cleared
    assert (tmp_path / "a").read_bytes() == b"content"


def test_overwriting_touches_only_the_expected_content(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    assert not Files().overwrite(path, b"1", b"2")
    path.write_bytes(b"1")
    assert Files().overwrite(path, b"1", b"2")
    assert not Files().overwrite(path, b"1", b"3")
    path.write_bytes(b"22")
    assert not Files().overwrite(path, b"2", b"3")
    assert path.read_bytes() == b"22"


def test_a_new_file_is_there_when_written_and_gone_when_that_failed(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    with Files().open_new(path) as file:
        file.write(b"one")
        file.write(b"two")
    assert path.read_bytes() == b"onetwo"
    with pytest.raises(VolumeError, match="there already"), Files().open_new(path):
        raise AssertionError("opened what was there")

    def fail_half_way() -> None:
        with Files().open_new(tmp_path / "b") as file:
            file.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    assert names(tmp_path) == ["a.tar.gz"]


def test_a_copy_is_read_back_and_keeps_the_time(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"x" * (3 << 20))
    os.utime(source, ns=(10**18, 10**18))
    Files().copy_verified(source, target)
    assert target.read_bytes() == source.read_bytes()
    assert target.stat().st_mtime_ns == 10**18
    with pytest.raises(VolumeError, match="there already"):
        Files().copy_verified(source, target)
    assert names(tmp_path) == ["a", "b"]


def test_a_damaged_copy_is_found_and_not_used(tmp_path: Path) -> None:
    def damage(operation: str, path: Path) -> None:
        if operation == "utime":
            path.write_bytes(b"damaged")

    (tmp_path / "a").write_bytes(b"content")
    with pytest.raises(VolumeError, match="is not what was read"):
        Files(after=damage).copy_verified(tmp_path / "a", tmp_path / "b")
    assert names(tmp_path) == ["a"]


# --- names ------------------------------------------------------------------------------------


def test_renaming_refuses_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").mkdir()
    for source, target in (("a", "b"), ("folder", "empty"), ("folder", "b"), ("a", "folder")):
        with pytest.raises(VolumeError, match=r"(another file|something of this name) is there"):
            Files().rename(tmp_path / source, tmp_path / target)
    Files().rename(tmp_path / "folder", tmp_path / "new folder")
    Files().rename(tmp_path / "a", tmp_path / "new folder" / "a")
    assert names(tmp_path) == ["b", "empty", "new folder"]
    with pytest.raises(VolumeError, match="missing"):
        Files().rename(tmp_path / "a", tmp_path / "c")


def test_a_rename_stopped_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"content")
    for stop in every_stop(lambda files: files.rename(source, target)):
        if source.exists():
            Files().rename(source, target)
        assert names(tmp_path) == ["b"], stop
        assert target.read_bytes() == b"content"
        target.rename(source)
    assert names(tmp_path) == ["b"]


def test_replacing_works_on_one_disk_and_between_two(tmp_path: Path, other_disk: Path) -> None:
    target = tmp_path / "a.blend"
    for folder in (tmp_path, other_disk):
        target.write_bytes(b"old")
        (folder / "new").write_bytes(b"new")
        Files().replace(folder / "new", target)
        assert target.read_bytes() == b"new"
        assert names(tmp_path) == ["a.blend"]
        assert not (folder / "new").exists()


# --- many moves -------------------------------------------------------------------------------


class Moves:
    """Six frames in two folders, to be moved to one."""

    def __init__(self, root: Path, target_root: Path) -> None:
        self.dist = target_root / "dist"
        self.dist.mkdir(parents=True)
        self.pairs = []
        for number in range(6):
            source = root / "out" / str(number % 2) / f"{number:06d}.png"
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_bytes(b"frame %d" % number)
            self.pairs.append((source, self.dist / f"shot_{number:06d}.png"))

    def assert_nothing_lost(self) -> None:
        for number, (source, target) in enumerate(self.pairs):
            there = [path for path in (source, target) if path.exists()]
            assert there
            assert {path.read_bytes() for path in there} == {b"frame %d" % number}

    def assert_done(self) -> None:
        for number, (source, target) in enumerate(self.pairs):
            assert not source.exists()
            assert target.read_bytes() == b"frame %d" % number
        assert len(names(self.dist)) == len(self.pairs)


def check_every_stop_of_moving(root: Path, target_root: Path) -> int:
    moves = Moves(root, target_root)
    pairs = moves.pairs
    count = 0
    for _ in every_stop(lambda files: files.move_all(pairs)):
        count += 1
        moves.assert_nothing_lost()
        seen: list[Path] = []
        Files().remove_leftovers(moves.dist)
        Files().move_all(moves.pairs, on_moved=seen.append)
        moves.assert_done()
        assert seen == [target for _, target in moves.pairs]
        shutil.rmtree(moves.dist.parent)
        shutil.rmtree(root / "out", ignore_errors=True)
        moves = Moves(root, target_root)
    moves.assert_done()
    return count


def test_moves_stopped_anywhere_are_finished_by_the_next_run(tmp_path: Path) -> None:
    # Two operations a frame, and one for each of the three folders.
    assert check_every_stop_of_moving(tmp_path / "v", tmp_path / "w") >= 6 * 2


@pytest.mark.usefixtures("no_links")
def test_moves_without_hard_links_are_finished_too(tmp_path: Path) -> None:
    assert check_every_stop_of_moving(tmp_path / "v", tmp_path / "w") >= 6


def test_moves_to_another_disk_are_finished_too(tmp_path: Path, other_disk: Path) -> None:
    assert check_every_stop_of_moving(tmp_path / "v", other_disk / "w") > 6 * 5


def test_a_move_never_overwrites_and_names_both_files(tmp_path: Path) -> None:
    moves = Moves(tmp_path, tmp_path)
    source, target = moves.pairs[5]
    target.write_bytes(b"yesterday's")
    with pytest.raises(VolumeError) as caught:
        Files().move_all(moves.pairs)
    assert str(source) in caught.value.message
    assert str(target) in caught.value.message
    assert target.read_bytes() == b"yesterday's"
    assert source.exists()
    target.unlink()
    Files().move_all(moves.pairs)
    moves.assert_done()


def test_a_move_whose_target_is_there_with_the_same_content_is_done(tmp_path: Path) -> None:
    moves = Moves(tmp_path, tmp_path)
    shutil.copy(*moves.pairs[3])
    os.link(*moves.pairs[4])
    os.rename(*moves.pairs[5])
    Files().move_all(moves.pairs)
    moves.assert_done()


def test_a_frame_that_is_nowhere_is_told(tmp_path: Path) -> None:
    moves = Moves(tmp_path, tmp_path)
    moves.pairs[4][0].unlink()
    with pytest.raises(VolumeError, match=r"000004\.png.*missing"):
        Files().move_all(moves.pairs)
    moves.pairs.pop(4)
    Files().move_all(moves.pairs)
    assert len(names(moves.dist)) == 5


def test_two_frames_with_one_name_are_not_moved(tmp_path: Path) -> None:
    moves = Moves(tmp_path, tmp_path)
    pairs = [*moves.pairs[:2], (moves.pairs[2][0], moves.pairs[0][1])]
    with pytest.raises(VolumeError, match="one name"):
        Files().move_all(pairs)
    assert names(moves.dist) == []


@posix_only
def test_links_and_devices_among_the_frames_stop_the_move_before_it_begins(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    for make in (lambda path: path.symlink_to(secret), os.mkfifo, os.mkdir):
        moves = Moves(tmp_path / "v", tmp_path / "w")
        moves.pairs[4][0].unlink()
        make(moves.pairs[4][0])
        with pytest.raises(VolumeError, match="not a regular file; nothing was moved"):
            Files().move_all(moves.pairs)
        assert names(moves.dist) == []
        shutil.rmtree(tmp_path / "v")
        shutil.rmtree(tmp_path / "w")


# --- folders and removal ----------------------------------------------------------------------


def test_no_folder_is_made_on_the_empty_mount_point_of_a_volume_that_is_gone(
    tmp_path: Path,
) -> None:
    volume, away = tmp_path / "volume", tmp_path / "away"
    volume.mkdir()
    (volume / "farm.toml").write_text("")
    files = Files()
    files.guard(volume / "farm.toml")
    files.make_folder(volume / "releases" / "ep01")
    volume.rename(away)
    volume.mkdir()
    with pytest.raises(VolumeError, match="the volume '.*volume' is not there any more"):
        files.make_folder(volume / "releases" / "ep01" / "out")
    assert names(volume) == []
    files.make_folder(tmp_path / "elsewhere" / "deep")
    assert names(tmp_path) == ["away", "elsewhere", "volume"]


def test_folders_are_made_with_those_above_and_again(tmp_path: Path) -> None:
    folder = tmp_path / "releases" / "ep01" / "out"
    for _ in every_stop(lambda files: files.make_folder(folder)):
        Files().make_folder(folder)
        shutil.rmtree(tmp_path / "releases")
    Files().make_folder(folder)
    assert folder.is_dir()
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(VolumeError, match="cannot be made"):
            Files().make_folder(path)


def make_hostile_tree(root: Path, outside: Path) -> None:
    deep = root
    for _ in range(150):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "frame.png").write_bytes(b"x")
    for name in ("-rf *", "new\nline", "…" * 80, ".hidden"):
        (root / name).write_bytes(b"x")
    (root / "to folder").symlink_to(outside)
    (root / "to file").symlink_to(outside / "keep")
    (root / "to nothing").symlink_to(root / "nothing")
    (root / "to itself").symlink_to(root)
    if sys.platform != "win32":
        os.mkfifo(root / "pipe")
        os.close(os.open(os.fsencode(root) + b"/\xff\xfe", os.O_CREAT))


def test_a_tree_with_anything_in_it_goes_and_nothing_outside_of_it(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "keep").write_bytes(b"keep")
    root = tmp_path / "release"
    make_hostile_tree(root, outside)
    Files().remove_tree(root)
    assert names(tmp_path) == ["outside"]
    assert (outside / "keep").read_bytes() == b"keep"
    Files().remove_tree(root)
    (tmp_path / "link").symlink_to(outside)
    Files().remove_tree(tmp_path / "link")
    assert names(outside) == ["keep"]


def test_a_removal_stopped_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    root = tmp_path / "release"

    def make() -> None:
        (root / "a" / "b").mkdir(parents=True, exist_ok=True)
        for name in ("one", "a/two", "a/b/three"):
            (root / name).write_bytes(b"x")

    make()
    for _ in every_stop(lambda files: files.remove_tree(root)):
        Files().remove_tree(root)
        assert names(tmp_path) == []
        make()
    assert names(tmp_path) == []


@not_root
def test_folders_that_forbid_it_are_removed_too(tmp_path: Path) -> None:
    folder = tmp_path / "release" / "locked"
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(b"x")
    folder.chmod(0o500)
    Files().remove_tree(tmp_path / "release")
    assert names(tmp_path) == []


def test_removing_what_is_not_there_is_fine(tmp_path: Path) -> None:
    Files().remove(tmp_path / "a")
    Files().remove_folder(tmp_path / "a")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"")
    with pytest.raises(VolumeError, match="the folder is not empty"):
        Files().remove_folder(tmp_path / "folder")
    Files().remove(tmp_path / "folder" / "file")
    Files().remove_folder(tmp_path / "folder")
    assert names(tmp_path) == []


def test_leftovers_are_told_from_the_users_own_files(tmp_path: Path) -> None:
    theirs = ["a.tmp", ".a.tmp", ".a.1234567.tmp", ".a.1234567g.tmp", ".a.12345678.tmp.png"]
    ours = [".a.12345678.tmp", ".a.b.deadbeef.tmp", ".a.blend.deadbeef.tmp@", "..lock.00000000.tmp"]
    for name in theirs + ours:
        (tmp_path / name).write_bytes(b"")
    (tmp_path / ".folder.12345678.tmp").mkdir()
    Files().remove_leftovers(tmp_path, of="a.b")
    assert set(theirs + ours) - set(names(tmp_path)) == {".a.b.deadbeef.tmp"}
    Files().remove_leftovers(tmp_path)
    assert names(tmp_path) == sorted([*theirs, ".folder.12345678.tmp"])
    Files().remove_leftovers(tmp_path / "missing")


@pytest.mark.parametrize("name", ["a" * 255, "é" * 127, "\U00020000" * 63])
def test_the_longest_names_can_be_written_and_cleared(tmp_path: Path, name: str) -> None:
    Files().write_atomic(tmp_path / name, b"content")
    assert (tmp_path / name).read_bytes() == b"content"
    temporary_beside(tmp_path / name).write_bytes(b"left")
    Files().remove_leftovers(tmp_path, of=name)
    assert names(tmp_path) == [name]


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VolumeError) as caught:
        Files().append(Path("/dev/full"), b"x")
    assert caught.value.message == "'/dev/full' cannot be written: the disk is full"
    assert "free some space" in caught.value.hint
    assert isinstance(caught.value.__cause__, OSError)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "release.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VolumeError, match="the disk is full"):
        Files().write_atomic(path, b"new")
    with (
        pytest.raises(VolumeError, match="the disk is full"),
        Files().open_new(tmp_path / "a") as f,
    ):
        f.write(b"new")
    assert names(tmp_path) == ["release.json"]
    assert path.read_bytes() == b"old"


def test_a_volume_that_vanished_is_one_sentence(tmp_path: Path) -> None:
    gone = tmp_path / "gone" / "release.json"
    for action in (Files().write_atomic, Files().append, Files().create_exclusive):
        with pytest.raises(VolumeError, match="cannot be written: a file or folder is missing"):
            action(gone, b"x")


def test_a_file_that_windows_holds_open_for_an_instant_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []
    real = os.replace

    def held_open(source: Path, target: Path) -> None:
        tries.append(target)
        if len(tries) < 3:
            raise PermissionError(errno.EACCES, "sharing violation")
        real(source, target)

    monkeypatch.setattr(disk_steps, "IS_WINDOWS", True)
    monkeypatch.setattr(os, "replace", held_open)
    Files().write_atomic(tmp_path / "a", b"content")
    assert len(tries) == 3
    assert names(tmp_path) == ["a"]


def test_a_stopped_process_does_nothing_more(tmp_path: Path) -> None:
    files = Files(after=StopAfter(1))
    with pytest.raises(Stopped):
        files.make_folder(tmp_path / "a" / "b")
    for action in (
        lambda: files.write_atomic(tmp_path / "file", b""),
        lambda: files.remove_tree(tmp_path / "a"),
        lambda: files.append(tmp_path / "file", b""),
    ):
        with pytest.raises(Stopped):
            action()
    assert names(tmp_path) == ["a"]
    assert names(tmp_path / "a") == []
