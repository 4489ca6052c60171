# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows and remote jobs for tests, and Hypothesis strategies for queries about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from farm_addon.core.farm_jobs.farm_job import FarmJob
from farm_addon.core.farm_jobs.query_syntax import And, Node, Not, Or, Term
from farm_addon.core.frames import Frames
from farm_addon.core.ports import ManagerAddress, RemoteJob
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.jobs import PlannedJob

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FARM = ManagerAddress(url="http://farm:8080")
STATUSES = ("queued", "active", "paused", "pause-requested", "completed", "failed", "canceled")


def planned_job(name: str = "sh010", **changes: Any) -> PlannedJob:
    plan = PlannedJob(
        name=name,
        source=RecordedPath("shots/pack.blend"),
        scene="Main",
        frames=Frames(range(1, 11)),
        width_px=1920,
        height_px=1080,
        engine="CYCLES",
        file_format="PNG",
        extension=".png",
    )
    return replace(plan, **changes)


def remote_job(job_id: str = "id-1", status: str = "queued", **changes: Any) -> RemoteJob:
    remote = RemoteJob(
        job_id, "ep01/sh010", status, "", 50, {}, {}, 0, 0, NOW.isoformat(), NOW.isoformat()
    )
    return replace(remote, **changes)


def farm_job(
    job: str = "sh010", status: str = "queued", age_s: float = 0.0, **changes: Any
) -> FarmJob:
    """Return a job that the farm has, ``age_s`` seconds old at :data:`NOW`."""
    created = (NOW - timedelta(seconds=age_s)).isoformat()
    remote = remote_job(f"id-{job}", status, created=created, updated=created)
    row = FarmJob(
        release="ep01",
        job=job,
        status=status,
        attempt=1,
        manager=FARM,
        remote=remote,
        plan=planned_job(job),
        user="mia",
        host="ws12",
        frames_done=0,
        frames_total=10,
    )
    return replace(row, **changes)


# --- queries --------------------------------------------------------------------------------------

_characters = st.sampled_from("aAbé ñß日*?\\\"()[]!:<>=.-_0'\n\t") | st.characters(
    exclude_categories=("Cs",)
)


def escaped(text: str) -> str:
    """Return a pattern that means exactly this text."""
    return "".join(f"\\{one}" if one in "*?\\" else one for one in text)


_pieces = st.one_of(st.text(_characters, max_size=6).map(escaped), st.sampled_from("*?"))
patterns = st.lists(_pieces, max_size=4).map("".join)
_words = st.text(st.sampled_from("abcxyz_é日0"), min_size=1, max_size=6)
names = _words.filter(lambda word: word not in ("and", "or", "not"))

any_terms = st.builds(Term, names, st.sampled_from((":", "<", "<=", ">", ">=")), patterns)

_comparisons = st.sampled_from(("<", "<=", ">", ">=", ":"))
_texts = st.sampled_from(("sh010", "SH0*", "*", "?h020", "mia", "ep0?", "failed", "\\*", ""))
good_terms = st.one_of(
    st.builds(Term, st.sampled_from(("job", "release", "user", "status")), st.just(":"), _texts),
    st.builds(
        Term,
        st.sampled_from(("priority", "frames", "attempt")),
        _comparisons,
        st.sampled_from(("0", "1", "10", "50", "51", "100", "101")),
    ),
    st.builds(
        Term, st.just("age"), st.sampled_from(("<", ">")), st.sampled_from(("0s", "1h", "2d"))
    ),
    st.builds(
        Term,
        st.just("created"),
        _comparisons,
        st.sampled_from(("2026-11-23", "2026-11-24T11:00Z", "2100-01-01", "1999-01-01")),
    ),
    st.builds(
        Term,
        st.just("is"),
        st.just(":"),
        st.sampled_from(("stale", "stalled", "superseded", "unfinished")),
    ),
)


def trees(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Node]:
    """Queries of such terms, in the form in which they are read: nothing in itself again."""

    def grow(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return st.one_of(st.builds(Not, parts), st.builds(And, several), st.builds(Or, several))

    return st.recursive(terms, grow, max_leaves=8)


jobs = st.builds(
    farm_job,
    job=st.sampled_from(("sh010", "sh020", "poster")),
    status=st.sampled_from(STATUSES),
    age_s=st.sampled_from((0.0, 1.0, 3599.0, 3600.0, 172800.0, 1e6)),
    user=st.sampled_from(("mia", "ben")),
    release=st.sampled_from(("ep01", "ep02")),
    attempt=st.integers(1, 3),
    frames_total=st.sampled_from((1, 10, 100)),
    is_superseded=st.booleans(),
)
