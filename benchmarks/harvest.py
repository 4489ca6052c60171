# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast are frames checked and moved, and does damage pass?

::

    python3 benchmarks/harvest.py [--json] [--frames 100000] [--pngs 16] [--runs 3] [--folder DIR]

Four topics: moving frames into a delivery against a bare ``os.rename`` loop; the gate's checksum
stage against reading the same PNGs and taking one CRC over each; the rate of full decoding (and of
asking again, when verdicts are remembered); and what becomes of damaged frames. What is compared
runs in turn in one process, and medians count: disks are noisy, and machines are shared.

The bars: moving at 0.9 × the rate of renaming, checksums at 0.9 × the rate of reading with CRC,
no damage of the four kinds passes. OpenImageIO is used where it is installed; a 1080p PNG is
written as Blender writes it, in chunks of 8 KiB.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from farm_addon.core.storage.files import Files  # noqa: E402
from farm_addon.decoding.decoder import LocalDecoder  # noqa: E402
from farm_addon.decoding.png_chunks import walk_chunks  # noqa: E402
from farm_addon.decoding.verdict_cache import SETTLED_NS, CachingDecoder  # noqa: E402
from tests.fakes.pictures import png, write_picture  # noqa: E402

BAR = 0.9
FRAMES_PER_FOLDER = 1000
FRAME_BYTES = 1024
WIDTH_PX, HEIGHT_PX = 1920, 1080
IDAT_BYTES = 8192
HOLE_BYTES = 4096

Pairs = list[tuple[Path, Path]]


def seconds(step: Callable[[], object]) -> float:
    """Time a step on the wall."""
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def interleaved(runs: int, steps: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Time steps in turn, each so often; what is noise for one is then noise for all."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(runs):
        for name, step in steps.items():
            times[name].append(seconds(step))
    return times


# --- moving ---------------------------------------------------------------------------------------


class Tree:
    """Frames that are moved from one place to the next, as often as somebody measures."""

    def __init__(self, folder: Path, frames: int) -> None:
        self._folder = folder
        self._frames = frames
        self._moves = 0
        self._make_folders()
        for path in self._paths():
            path.write_bytes(b"\x55" * FRAME_BYTES)
        os.sync()

    def move(self, how: Callable[[Pairs], object]) -> float:
        """Move all frames; only that is timed, not the making of folders."""
        sources = list(self._paths())
        self._moves += 1
        self._make_folders()
        pairs = list(zip(sources, self._paths(), strict=True))
        return seconds(lambda: how(pairs))

    def _paths(self) -> Iterator[Path]:
        for number in range(self._frames):
            yield self._place(number) / f"{number:06d}.png"

    def _place(self, number: int) -> Path:
        return self._folder / f"place-{self._moves}" / f"shot-{number // FRAMES_PER_FOLDER:03d}"

    def _make_folders(self) -> None:
        for number in range(0, self._frames, FRAMES_PER_FOLDER):
            self._place(number).mkdir(parents=True)


def rename_bare(pairs: Pairs) -> None:
    """Do what nothing can be quicker than: no look at what is there, no wait for the disk."""
    for source, target in pairs:
        os.rename(source, target)


def measure_moving(folder: Path, frames: int, runs: int) -> dict[str, Any]:
    """Compare :meth:`Files.move_all` with bare renames."""
    tree = Tree(folder / "moving", frames)
    bare: list[float] = []
    ours: list[float] = []
    for _ in range(runs):
        bare.append(tree.move(rename_bare))
        ours.append(tree.move(Files().move_all))
    rename_rate = frames / statistics.median(bare)
    return {
        "frames": frames,
        "rename_frames_per_s": rename_rate,
        "move_all_frames_per_s": frames / statistics.median(ours),
        "ratio": statistics.median(b / o for b, o in zip(bare, ours, strict=True)),
        "ratios": [b / o for b, o in zip(bare, ours, strict=True)],
        "bar": BAR,
    }


# --- checking -------------------------------------------------------------------------------------


def write_pngs(folder: Path, count: int, width_px: int, height_px: int) -> list[Path]:
    """Write frames whose pixels pack to about three quarters, as rendered ones may."""
    folder.mkdir()
    chance = random.Random(1)
    six_bits = bytes(byte & 0x3F for byte in range(256))
    paths = []
    for number in range(count):
        pixels = chance.randbytes(4 * width_px * height_px).translate(six_bits)
        row_bytes = 4 * width_px
        rows = b"".join(
            b"\0" + pixels[start : start + row_bytes] for start in range(0, len(pixels), row_bytes)
        )
        path = folder / f"{number:06d}.png"
        path.write_bytes(png(width_px, height_px, rows=rows, idat_bytes=IDAT_BYTES))
        paths.append(path)
    return paths


def read_and_crc(path: Path) -> int:
    """Read a file and take one CRC over all of it."""
    with open(path, "rb", buffering=0) as file:
        return zlib.crc32(file.read())


def check_chunks(path: Path) -> None:
    """Do the gate's checksum stage for one frame."""
    with open(path, "rb", buffering=0) as file:
        walk_chunks(file)


def measure_checksums(paths: Sequence[Path], runs: int) -> dict[str, Any]:
    """Compare the checksum stage with reading and one CRC per file, on one core and on all."""
    size_mb = sum(path.stat().st_size for path in paths) / 1e6
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        times = interleaved(
            runs,
            {
                "read": lambda: list(map(read_and_crc, paths)),
                "check": lambda: list(map(check_chunks, paths)),
                "read, all cores": lambda: list(pool.map(read_and_crc, paths)),
                "check, all cores": lambda: list(pool.map(check_chunks, paths)),
            },
        )
    rates = {name: size_mb / statistics.median(found) for name, found in times.items()}

    def ratio(name: str, to: str) -> float:
        return statistics.median(b / o for b, o in zip(times[to], times[name], strict=True))

    return {
        "files": len(paths),
        "size_mb": size_mb,
        "cores": cores,
        "read_crc_mb_per_s": rates["read"],
        "one_core_mb_per_s": rates["check"],
        "gate_mb_per_s": rates["check, all cores"],
        "one_core_ratio": ratio("check", "read"),
        "ratio": ratio("check, all cores", "read"),
        "all_cores_ratio": ratio("check, all cores", "read, all cores"),
        "bar": BAR,
    }


def measure_decoding(folder: Path, paths: Sequence[Path], runs: int) -> dict[str, Any]:
    """Return the rate of full decoding, and of asking once more."""
    decoder = LocalDecoder()
    times = interleaved(runs, {"decode": lambda: list(decoder.decode(paths))})["decode"]
    wait_until_settled(paths)
    with CachingDecoder(decoder, folder / "verdicts.bin") as first:
        list(first.decode(paths))
    again = CachingDecoder(decoder, folder / "verdicts.bin")
    again_s = seconds(lambda: list(again.decode(paths)))
    size_mb = sum(path.stat().st_size for path in paths) / 1e6
    return {
        "decoder": decoder.version,
        "frames_per_s": len(paths) / statistics.median(times),
        "mb_per_s": size_mb / statistics.median(times),
        "remembered_frames_per_s": len(paths) / again_s,
    }


def wait_until_settled(paths: Sequence[Path]) -> None:
    """Wait until verdicts on these files may be remembered."""
    newest_ns = max(path.stat().st_ctime_ns for path in paths)
    wait_s = (newest_ns + SETTLED_NS - time.time_ns()) / 1e9 + 0.01
    if wait_s > 0:
        threading.Event().wait(wait_s)


# --- damage ---------------------------------------------------------------------------------------


def damages(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield damaged copies of a file, each with its kind; where pixels are."""
    size = len(data)
    for part in (0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        yield "truncated", data[: int(size * part)]
    yield "last byte gone", data[:-1]
    for start in range(size // 4, size - HOLE_BYTES, max(1, size // 12)):
        yield "4 KB zero hole", data[:start] + bytes(HOLE_BYTES) + data[start + HOLE_BYTES :]
    for at in range(size // 4, size * 9 // 10, max(1, size // 24)):
        yield "one bit flip", data[:at] + bytes([data[at] ^ 0x08]) + data[at + 1 :]


def measure_damage(folder: Path) -> dict[str, dict[str, dict[str, int]]]:
    """Count how many damaged frames are rejected, by format and kind."""
    folder.mkdir()
    decoder = LocalDecoder()
    (whole,) = write_pngs(folder / "pngs", 1, 320, 180)
    frames = {"PNG": whole}
    if decoder.has_openimageio:
        exr = folder / "frame.exr"
        frames["OpenEXR (ZIP)"] = write_picture(exr, 320, 180, pixel_type="half")
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for name, path in frames.items():
        of_format = counts[name] = {}
        for number, (kind, content) in enumerate(damages(path.read_bytes())):
            damaged = folder / f"damaged-{number}{path.suffix}"
            damaged.write_bytes(content)
            (verdict,) = decoder.decode([damaged])
            count = of_format.setdefault(kind, {"tried": 0, "rejected": 0})
            count["tried"] += 1
            count["rejected"] += bool(verdict.problem)
    return counts


# --- the program ----------------------------------------------------------------------------------


def measure(
    folder: Path, *, frames: int, pngs: int, runs: int, width_px: int = WIDTH_PX
) -> dict[str, Any]:
    """Measure everything in a folder, which is left full."""
    paths = write_pngs(folder / "pngs", pngs, width_px, width_px * HEIGHT_PX // WIDTH_PX)
    return {
        "move": measure_moving(folder, frames, runs),
        "checksums": measure_checksums(paths, runs),
        "decode": measure_decoding(folder, paths, runs),
        "damage": measure_damage(folder / "damage"),
    }


def table(result: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table."""
    move, crc, decode = result["move"], result["checksums"], result["decode"]
    row = "{:<38}{:>14}{:>14}{:>8}{:>6}".format
    yield row("", "reference", "ours", "ratio", "bar")
    yield row(
        f"move {move['frames']} frames, frames/s",
        f"{move['rename_frames_per_s']:.0f}",
        f"{move['move_all_frames_per_s']:.0f}",
        f"{move['ratio']:.2f}",
        f"{move['bar']}",
    )
    for name, rate, ratio in (
        (f"checksums, as the gate ({crc['cores']} cores)", "gate_mb_per_s", "ratio"),
        ("checksums, one core", "one_core_mb_per_s", "one_core_ratio"),
    ):
        reference = f"{crc['read_crc_mb_per_s']:.0f}"
        yield row(
            f"{name}, MB/s", reference, f"{crc[rate]:.0f}", f"{crc[ratio]:.2f}", f"{crc['bar']}"
        )
    yield row("full decode, frames/s", "", f"{decode['frames_per_s']:.1f}", "", "")
    yield row("… remembered, frames/s", "", f"{decode['remembered_frames_per_s']:.0f}", "", "")
    yield ""
    for name, kinds in result["damage"].items():
        told = ", ".join(f"{kind} {n['rejected']}/{n['tried']}" for kind, n in kinds.items())
        yield f"{name} rejected: {told}"


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--frames", type=int, default=100_000, help="to move (%(default)s)")
    parser.add_argument("--pngs", type=int, default=16, help="to check (%(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="of each step (%(default)s)")
    parser.add_argument("--width", type=int, default=WIDTH_PX, help="of a PNG (%(default)s)")
    parser.add_argument("--folder", type=Path, help="where to work; else the temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="farm-harvest-", dir=options.folder) as folder:
        result = measure(
            Path(folder),
            frames=options.frames,
            pngs=options.pngs,
            runs=options.runs,
            width_px=options.width,
        )
    print(json.dumps(result) if options.json else "\n".join(table(result)))


if __name__ == "__main__":
    main()
