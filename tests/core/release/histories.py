# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Journals that a release may have: random events, each of which fits its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st

from farm_addon.core.frames import Frames
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.events import Event, apply
from farm_addon.core.release.jobs import PlannedJob
from farm_addon.core.release.record import Release

NAME = "ep01"
RELEASE_ID = "11111111-2222-3333-4444-555555555555"
JOBS = ("sh010", "sh020", "šòt 3", "日本")
MANAGERS = ({"url": "http://farm:8080"}, {"user": "mia", "host": "ws1"})


@st.composite
def histories(draw: st.DrawFn, max_size: int = 40) -> list[Event]:
    """Draw the events of a journal, as they come out of it, oldest first."""
    random = draw(st.randoms(use_true_random=False))
    release = Release(NAME, RELEASE_ID)
    events: list[Event] = []
    for _ in range(draw(st.integers(0, max_size))):
        for kind in random.sample(sorted(KINDS), len(KINDS)):
            members = KINDS[kind](random, release)
            if members is not None:
                event = {"event": kind, **members, "when": "…", "user": "mia", "host": "ws1"}
                events.append(json.loads(json.dumps(event)))
                apply(release, events[-1])
                break
    return events


Members = dict[str, Any]


def _frames(random: Random, among: Sequence[int] = range(1, 9)) -> Frames:
    return Frames(random.sample(list(among), random.randint(1, len(among))))


def _planned(random: Random, release: Release) -> Members:
    jobs = [_plan(random, name) for name in random.sample(JOBS, random.randint(0, 2))]
    drop = [name for name in release.jobs if random.random() < 0.2]
    return {"jobs": [job.to_json() for job in jobs], "drop": drop}


def _plan(random: Random, name: str) -> PlannedJob:
    frames = _frames(random)
    return PlannedJob(
        name,
        RecordedPath(f"shots/{name}.blend"),
        "Main",
        frames,
        64,
        random.choice((36, 72)),
        "CYCLES",
        "PNG",
        ".png",
        snapshot=random.choice(("", "/home/mia/1.blend")),
        has_unsaved_edits=random.random() < 0.5,
        facts=random.choice(((), (("material", "oak"), ("object", "chair")))),
        dist_name=random.choice(("", "{job}.{ext}")),
        frame_names=((frames.chunks(1)[0].text() and min(frames), (("frame_name", "0_30"),)),),
    )


def _attempt(random: Random, release: Release) -> Members | None:
    """Return any attempt of any job."""
    found = [(name, one) for name, job in release.jobs.items() for one in job.attempts]
    if not found:
        return None
    name, attempt = random.choice(found)
    return {"job": name, "attempt": attempt.number}


def _frozen(random: Random, release: Release) -> Members | None:
    if not release.jobs:
        return None
    name = random.choice(list(release.jobs))
    job = release.jobs[name]
    is_again = job.attempt is not None and random.random() < 0.3
    number = job.current if is_again else len(job.attempts) + 1
    key = random.choice((job.plan.render_key(), "other"))
    return {"job": name, "attempt": number, "inputs": f"{number:032x}", "render_key": key}


def _submitting(random: Random, release: Release) -> Members | None:
    members = _attempt(random, release)
    if members is None:
        return None
    members |= {"submission": f"s{random.getrandbits(64)}", "manager": random.choice(MANAGERS)}
    return members | ({"frames": _frames(random).text()} if random.random() < 0.3 else {})


def _answer(random: Random, release: Release) -> Members | None:
    lost = [
        {"job": name, "attempt": attempt.number, "submission": one.id}
        for name, job in release.jobs.items()
        for attempt in job.attempts
        for one in attempt.unanswered
    ]
    return random.choice(lost) if lost else None


def _submitted(random: Random, release: Release) -> Members | None:
    members = _answer(random, release)
    return members and members | {"job_id": f"j{random.getrandbits(64)}"}


def _reinstated(random: Random, release: Release) -> Members | None:
    names = [name for name, job in release.jobs.items() if job.reinstating]
    if not names:
        return None
    name = random.choice(names)
    return {"job": name, "attempt": release.jobs[name].reinstating}


def _harvesting(random: Random, release: Release) -> Members | None:
    ready = [name for name, job in release.jobs.items() if job.current]
    if not ready or release.harvesting or release.unharvesting:
        return None
    jobs: dict[str, Members] = {}
    for name in random.sample(ready, random.randint(1, len(ready))):
        one = jobs[name] = {
            "attempt": release.jobs[name].current,
            "frames": _frames(random, range(1, 5)).text(),
        }
        if random.random() < 0.3:
            one["gone"] = _frames(random, range(5, 9)).text()
        if random.random() < 0.3:
            one["dist_name"] = "{job}.{ext}"
    members: Members = {"delivery": f"d{random.getrandbits(64)}", "jobs": jobs}
    return members | ({"replaces": True} if random.random() < 0.5 else {})


def _delivery(release: Release) -> Members | None:
    delivery = release.harvesting or release.unharvesting
    return {"delivery": delivery.id} if delivery else None


def _harvested(random: Random, release: Release) -> Members | None:
    if release.harvesting is None:
        return None
    members: Members = {"delivery": release.harvesting.id}
    if random.random() < 0.3:
        name, one = random.choice(list(release.harvesting.jobs.items()))
        members["missing"] = {name: Frames(list(one.frames)[:1]).text()}
    return members


def _unharvesting(random: Random, release: Release) -> Members | None:
    if not release.deliveries or release.harvesting or release.unharvesting:
        return None
    return {"delivery": release.deliveries[-1].id}


def _unharvested(random: Random, release: Release) -> Members | None:
    return {"delivery": release.unharvesting.id} if release.unharvesting else None


def _sha256(random: Random, _release: Release) -> Members:
    return {"sha256": f"{random.getrandbits(256):064x}"}


def _archived(random: Random, release: Release) -> Members | None:
    if not release.archiving_sha256:
        return None
    kept = {"kept": True} if random.random() < 0.5 else {}
    return {"archive": "a", "sha256": release.archiving_sha256, "size_bytes": 1, **kept}


KINDS: dict[str, Callable[[Random, Release], Members | None]] = {
    "planned": _planned,
    "frozen": _frozen,
    "submitting": _submitting,
    "submitted": _submitted,
    "refused": lambda random, release: _with(_answer(random, release), message="no"),
    "cancelled": lambda random, release: _with(_attempt(random, release), job_id="j"),
    "superseded": _attempt,
    "reinstating": _attempt,
    "reinstated": _reinstated,
    "harvesting": _harvesting,
    "cleared": lambda _random, release: _delivery(release),
    "harvested": _harvested,
    "unharvesting": _unharvesting,
    "unharvested": _unharvested,
    "archiving": _sha256,
    "archived": _archived,
    "restored": _sha256,
}


def _with(members: Members | None, **more: Any) -> Members | None:
    return members and members | more
