# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the gate for one decoded frame: what it must be to pass.

Whose a frame is, its stamp says where the format carries one (traps.md 27). Elsewhere the folder
proves it: every attempt of every job writes to a folder of its own, and Workers write by path.
Times are no proof, since a Worker's clock need not agree with anybody's; a frame that is older than
the frozen file it should come from is told of as odd (:mod:`.oddities`), and passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..formats import OutputFormat, output_format
from ..ports import FrameVerdict
from ..provenance import Provenance, add_to_note, find_in_note
from ..release.jobs import PlannedJob

_CHANNELS = {"BW": frozenset((1,)), "RGB": frozenset((3,)), "RGBA": frozenset((4,))}
_ODD_CHANNELS = {
    ("HDR", "BW"): frozenset((3,)),
    ("HDR", "RGBA"): frozenset((3,)),
    ("JPEG", "RGBA"): frozenset((3,)),
    ("BMP", "RGBA"): frozenset((3, 4)),
    ("OPEN_EXR", "BW"): frozenset((1, 4)),
    ("WEBP", "BW"): frozenset((1, 3)),
    ("WEBP", "RGBA"): frozenset((3, 4)),
}
"""Formats that cannot carry what was asked for. Measured with Blender 4.2, 4.5 and 5.2: 4.2 writes
OpenEXR in black and white with four channels and BMP without alpha; WebP drops an alpha that is
opaque all over."""


@dataclass(frozen=True, slots=True)
class Defect:
    """Why a frame may not pass.

    :param code: stable identifier in kebab-case, for scripts: ``missing``.
    :param problem: one sentence about the frame, without a full stop: ``it is missing``.
    """

    code: str
    problem: str


def allowed_channels(file_format: str, color_mode: str) -> frozenset[int]:
    """Return how many channels a frame may have; empty where it is not known.

    :param file_format: Blender's API identifier; so is ``color_mode``, which may be empty.
    """
    if file_format == "OPEN_EXR_MULTILAYER":
        return frozenset()
    return _ODD_CHANNELS.get((file_format, color_mode)) or _CHANNELS.get(color_mode, frozenset())


def find_defect(
    verdict: FrameVerdict, plan: PlannedJob, owner: Provenance, frame: int
) -> Defect | None:
    """Return what is gravest about a decoded frame, or None where it passes.

    :param plan: what was frozen for the attempt.
    :param owner: whose the frame should be.
    :param frame: its number.
    """
    return next(_defects(verdict, plan, owner, frame), None)


def _defects(
    verdict: FrameVerdict, plan: PlannedJob, owner: Provenance, frame: int
) -> Iterator[Defect]:
    """Yield what is wrong, the gravest first."""
    if verdict.problem:
        yield Defect("undecodable", f"it does not decode: {verdict.problem}")
    wanted = output_format(plan.file_format)
    if wanted is None or verdict.format_name != wanted.decoder_name:
        found = verdict.format_name or "of no known format"
        yield Defect("wrong-format", f"it is {found}, not {plan.file_format}")
    size, planned = (verdict.width_px, verdict.height_px), (plan.width_px, plan.height_px)
    if size != planned:
        yield Defect("wrong-size", f"it is {_pixels(size)}, not {_pixels(planned)}")
    channels = allowed_channels(plan.file_format, plan.color_mode)
    if channels and verdict.channels not in channels:
        meant = " or ".join(map(str, sorted(channels)))
        yield Defect(
            "wrong-channels", f"it has {verdict.channels} channels, not {meant} ({plan.color_mode})"
        )
    yield from _defects_of_stamp(verdict, plan, wanted, owner)
    number = _number(verdict.metadata.get("Frame", ""))
    if number not in (None, frame):
        yield Defect("wrong-frame", f"its own metadata says that it is frame {number}")


def _defects_of_stamp(
    verdict: FrameVerdict, plan: PlannedJob, wanted: OutputFormat | None, owner: Provenance
) -> Iterator[Defect]:
    stamp = find_in_note(verdict.note)
    if stamp is None:
        is_promised = wanted is not None and wanted.carries_note and not plan.is_burning_stamp
        if is_promised and _leaves_room(verdict.note, owner):
            yield Defect("no-stamp", "it carries no stamp, so nothing says who rendered it")
    elif stamp.release_id != owner.release_id:
        yield Defect("foreign-stamp", "its stamp says that it belongs to another release")
    elif stamp.job and stamp.job != owner.job:
        yield Defect("foreign-stamp", f"its stamp says that it belongs to job ‘{stamp.job}’")
    elif (stamp.attempt, stamp.inputs) != (owner.attempt, owner.inputs):
        yield Defect("foreign-stamp", "its stamp says that another attempt rendered it")


def _leaves_room(note: str, owner: Provenance) -> bool:
    """Tell whether our stamp fits beside a studio's own note; where it does not, none was made."""
    return find_in_note(add_to_note(note, owner)) is not None


def _pixels(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]} pixels"


def _number(text: str) -> int | None:
    """Read Blender's entry ``Frame``, whose number is filled up with zeros."""
    try:
        return int(text)
    except ValueError:
        return None
