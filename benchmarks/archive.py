# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archive frames, side by side with ``tar``, ``tar czf`` and ``tar | pigz``.

::

    python benchmarks/archive.py [--json] [--frames 100] [--frame-kb 3000] [--tiny 10000]
                                 [--runs 3] [--folder DIR]

The frames are noise, as a PNG's compressed content is; beside them lies a .blend that is not
compressed. Then as many tiny frames. Methods take turns, so that a busy machine is equally busy for
all of them; given are medians, of the clock on the wall and of processor time (children too). The
checksum of every file is part of ours, and the verification is given on its own. What ``tar``
writes has no checksums.

The bar: at most 0.06 × the time of ``tar czf``, 0.12 × that of ``tar | pigz``, at least 0.9 × the
throughput of ``tar cf``, in a memory file system; at most 1.05 × the size that gzip makes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from farm_addon.core.archiving.archive_label import ArchiveLabel  # noqa: E402
from farm_addon.core.archiving.archive_reader import read_archive  # noqa: E402
from farm_addon.core.archiving.archive_writer import write_archive  # noqa: E402
from farm_addon.core.archiving.contents import find_members  # noqa: E402

MEMORY_FOLDER = Path("/dev/shm")
TINY_BYTES = 400
BLEND_SHARE = 20
"""The .blend is as large as every twentieth frame together."""
OURS, VERIFY = "farm archive", "farm verify"
TAR, GZIP, PIGZ = "tar cf", "tar czf", "tar | pigz"


@dataclass
class Method:
    """One way to archive.

    :param run: does it; given the folder with the files and the archive to write.
    """

    run: Callable[[Path, Path], None]
    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    size_bytes: int = 0


def archive(folder: Path, target: Path) -> None:
    """Archive as the verb does, without verifying."""
    members = find_members(folder, folder / "nothing")
    size_bytes = sum(member.size_bytes for member in members)
    label = ArchiveLabel("ep01", str(uuid.UUID(int=0)), len(members), size_bytes, "", "", "")
    with open(target, "xb", buffering=0) as output:
        write_archive(output, label, members, lambda _size: None)


def verify(_folder: Path, target: Path) -> None:
    """Read the archive again as the verb does."""
    read_archive(target, "ep01", lambda _size: None)


def shell(*command: str) -> Callable[[Path, Path], None]:
    """Return a method that is a command line; ``DIR`` and ``FILE`` in it are filled in."""

    def run(folder: Path, target: Path) -> None:
        words = [one.replace("DIR", str(folder)).replace("FILE", str(target)) for one in command]
        subprocess.run(words, check=True)

    return run


def find_methods() -> dict[str, Method]:
    """Return the methods that this machine has; say which one it lacks."""
    tar = shutil.which("tar")
    if tar is None:
        raise SystemExit("there is no tar to compare with")
    methods = {
        TAR: Method(shell(tar, "cf", "FILE", "-C", "DIR", ".")),
        GZIP: Method(shell(tar, "czf", "FILE", "-C", "DIR", ".")),
    }
    if pigz := shutil.which("pigz"):
        methods[PIGZ] = Method(shell(tar, "-I", pigz, "-cf", "FILE", "-C", "DIR", "."))
    else:
        print("NO pigz ON THIS MACHINE: that row is left out (install pigz)", file=sys.stderr)
    return {**methods, OURS: Method(archive), VERIFY: Method(verify)}


def measure(folder: Path, methods: dict[str, Method], runs: int) -> None:
    """Let the methods take turns."""
    target = folder.with_name(f"{folder.name}.archive")
    for _ in range(runs):
        for name, method in methods.items():
            if name != VERIFY:
                target.unlink(missing_ok=True)
            before, began = os.times(), time.perf_counter()
            method.run(folder, target)
            method.wall_s.append(time.perf_counter() - began)
            after = os.times()
            method.cpu_s.append(sum(after[:4]) - sum(before[:4]))
            method.size_bytes = target.stat().st_size
    target.unlink()


def make_frames(folder: Path, frames: int, frame_bytes: int) -> int:
    """Write frames of noise, and a .blend; return how many bytes they are."""
    (folder / "out").mkdir(parents=True)
    (folder / "store").mkdir()
    for number in range(frames):
        (folder / "out" / f"{number:06d}.png").write_bytes(os.urandom(frame_bytes))
    blend_bytes = max(1, frames // BLEND_SHARE) * frame_bytes
    vertices = os.urandom(4096) + bytes(12288)
    content = vertices * (blend_bytes // len(vertices) + 1)
    (folder / "store" / "shot.blend").write_bytes(content[:blend_bytes])
    return frames * frame_bytes + blend_bytes


def summary(methods: dict[str, Method], size_bytes: int, files: int) -> dict[str, Any]:
    """Return medians, and the ratios that the bar is about."""
    rows = {
        name: {
            "wall_s": round(statistics.median(method.wall_s), 3),
            "cpu_s": round(statistics.median(method.cpu_s), 3),
            "mb_per_s": round(size_bytes / 1e6 / statistics.median(method.wall_s), 1),
            "us_per_file": round(1e6 * statistics.median(method.wall_s) / files, 1),
            "archive_bytes": method.size_bytes,
        }
        for name, method in methods.items()
    }

    def ratio(of: str, to: str) -> float:
        pairs = zip(methods[of].wall_s, methods[to].wall_s, strict=True)
        return round(statistics.median(one / other for one, other in pairs), 3)

    ratios = {
        "time_to_tar_czf": ratio(OURS, GZIP),
        "throughput_to_tar_cf": ratio(TAR, OURS),
        "size_to_gzip": round(methods[OURS].size_bytes / methods[GZIP].size_bytes, 3),
    }
    if PIGZ in methods:
        ratios["time_to_pigz"] = ratio(OURS, PIGZ)
    return {"files": files, "content_bytes": size_bytes, "methods": rows, "ratios": ratios}


def show(title: str, result: dict[str, Any]) -> None:
    """Print one table."""
    print(f"{title}: {result['files']} files, {result['content_bytes'] / 1e6:.1f} MB")
    print(f"{'method':14}{'wall s':>9}{'cpu s':>9}{'MB/s':>9}{'us/file':>9}{'archive MB':>12}")
    for name, row in result["methods"].items():
        print(
            f"{name:14}{row['wall_s']:9.3f}{row['cpu_s']:9.3f}{row['mb_per_s']:9.0f}"
            f"{row['us_per_file']:9.0f}{row['archive_bytes'] / 1e6:12.1f}"
        )
    print("  ".join(f"{name} {value}" for name, value in result["ratios"].items()) + "\n")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure both kinds of frames."""
    root = Path(tempfile.mkdtemp(prefix="farm-archive-", dir=arguments.folder or None))
    result = {}
    try:
        for kind, frames, frame_bytes in (
            ("frames", arguments.frames, arguments.frame_kb * 1000),
            ("tiny", arguments.tiny, TINY_BYTES),
        ):
            folder = root / kind
            size_bytes = make_frames(folder, frames, frame_bytes)
            methods = find_methods()
            measure(folder, methods, arguments.runs)
            result[kind] = summary(methods, size_bytes, frames + 1)
            shutil.rmtree(folder)
    finally:
        shutil.rmtree(root)
    return result


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--frames", type=int, default=100, help="large frames")
    parser.add_argument("--frame-kb", type=int, default=3000, help="size of a large frame")
    parser.add_argument("--tiny", type=int, default=10_000, help="tiny frames")
    parser.add_argument("--runs", type=int, default=3, help="how often each method runs")
    default = str(MEMORY_FOLDER) if MEMORY_FOLDER.is_dir() else ""
    parser.add_argument("--folder", default=default, help="where; in memory where there is such")
    arguments = parser.parse_args()
    result = run(arguments)
    if arguments.json:
        print(json.dumps(result, indent=2))
        return 0
    show("Frames", result["frames"])
    show("Tiny frames", result["tiny"])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
