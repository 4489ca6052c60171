# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of flamenco.md §4.1 and §4.2 as measured on Flamenco 3.9, one line per row.

A job's tasks are written as one letter each: ``A``\\ ctive, ``q``\\ ueued, ``s``\\ oft-failed,
``C``\\ ompleted, ``F``\\ ailed, ``p``\\ aused, ``x`` for canceled.
"""

from __future__ import annotations

LETTERS = {
    "q": "queued",
    "s": "soft-failed",
    "A": "active",
    "p": "paused",
    "x": "canceled",
    "C": "completed",
    "F": "failed",
}
"""In an order in which a job's tasks can be set without the job taking them along."""

ONE_OF_EACH = "AqsCFpxqqqqq"
CANCELLED = "xxxCFpxxxxxx"
PAUSING = "AppCFpxppppp"
EVERYWHERE = ("queued", "active", "paused", "canceled", "completed", "under-construction")
"""Statuses that a job can be given without an effect on its tasks."""

JobRow = tuple[str, str, str, str, str]
"""Status before, tasks before, status asked for, status after, tasks after."""


def _job_rows() -> list[JobRow]:
    rows: list[JobRow] = []
    for before in EVERYWHERE:
        requeued = "q" * 12 if before == "completed" else "AqqCqqqqqqqq"
        rows += [
            (before, ONE_OF_EACH, "cancel-requested", "canceled", CANCELLED),
            (before, ONE_OF_EACH, "failed", "failed", CANCELLED),
            (before, ONE_OF_EACH, "pause-requested", "pause-requested", PAUSING),
            (before, ONE_OF_EACH, "requeueing", "queued", requeued),
            *((before, ONE_OF_EACH, after, after, ONE_OF_EACH) for after in EVERYWHERE),
        ]
    # Flamenco leaves it in "requeueing" until it is restarted; the local manager queues it.
    rows.remove(("under-construction", ONE_OF_EACH, "requeueing", "queued", "AqqCqqqqqqqq"))
    return rows


JOB_ROWS: list[JobRow] = [
    *_job_rows(),
    ("failed", CANCELLED, "cancel-requested", "canceled", CANCELLED),
    ("failed", CANCELLED, "pause-requested", "paused", CANCELLED),
    ("failed", CANCELLED, "requeueing", "queued", "qqqCqqqqqqqq"),
    ("failed", CANCELLED, "queued", "queued", CANCELLED),
    ("failed", CANCELLED, "failed", "failed", CANCELLED),
    ("pause-requested", PAUSING, "cancel-requested", "canceled", "xppCFpxppppp"),
    ("pause-requested", PAUSING, "failed", "failed", "xppCFpxppppp"),
    ("pause-requested", PAUSING, "requeueing", "queued", "AqqCqqqqqqqq"),
    ("pause-requested", PAUSING, "paused", "paused", PAUSING),
    ("pause-requested", PAUSING, "pause-requested", "pause-requested", PAUSING),
    ("queued", "qqC", "pause-requested", "paused", "ppC"),
    ("canceled", "xxC", "pause-requested", "paused", "xxC"),
    ("paused", "ppC", "cancel-requested", "canceled", "ppC"),
    ("canceled", "CCC", "requeueing", "completed", "CCC"),
    ("canceled", "CCC", "queued", "completed", "CCC"),
    ("completed", "CCC", "requeueing", "queued", "qqq"),
    ("completed", "CCC", "cancel-requested", "canceled", "CCC"),
]

TaskRow = tuple[str, str, str, str, str]
"""Status before, tasks before, what the first task becomes, status after, tasks after."""


def _task_rows() -> list[TaskRow]:
    rows: list[TaskRow] = []
    for before in EVERYWHERE:
        going = "active" if before == "queued" else before
        rows += [
            (before, "qCCC", "active", "active", "ACCC"),
            (before, "ACCC", "soft-failed", "active", "sCCC"),
            (before, "ACCC", "completed", "completed", "CCCC"),
            (before, "Aqqqqqqqqqqq", "completed", going, "Cqqqqqqqqqqq"),
            (before, "Aqqqqqqqqqqq", "failed", going, "Fqqqqqqqqqqq"),
            (before, "AqqqqqqqqqqF", "failed", "failed", "FxxxxxxxxxxF"),
            (before, "Aqqq", "canceled", before, "xqqq"),
            (before, "ACCC", "canceled", "canceled", "xCCC"),
            (before, "Appp", "canceled", "canceled", "xppp"),
            (before, "AApp", "canceled", before, "xApp"),
            (before, "Aqqq", "paused", before, "pqqq"),
        ]
        if before != "completed":
            rows.append((before, "ACCC", "queued", before, "qCCC"))
    return rows


TASK_ROWS: list[TaskRow] = [
    *_task_rows(),
    ("completed", "ACCC", "queued", "queued", "qqqq"),
    ("completed", "CCCC", "queued", "queued", "qqqq"),
    ("failed", "xCCC", "active", "active", "ACCC"),
    ("failed", "xCCC", "soft-failed", "active", "sCCC"),
    ("failed", "xCCC", "completed", "completed", "CCCC"),
    ("failed", "xFCC", "completed", "failed", "CFCC"),
    ("failed", "xCCC", "failed", "failed", "FCCC"),
    ("failed", "xCCC", "canceled", "canceled", "xCCC"),
    ("failed", "xCCC", "paused", "failed", "pCCC"),
    ("failed", "xCCC", "queued", "failed", "qCCC"),
    ("pause-requested", "ACCC", "soft-failed", "active", "sCCC"),
    ("pause-requested", "ACCC", "completed", "completed", "CCCC"),
    ("pause-requested", "Appp", "completed", "paused", "Cppp"),
    ("pause-requested", "AApp", "completed", "pause-requested", "CApp"),
    ("pause-requested", "ACCCCCCCCCCC", "failed", "paused", "FCCCCCCCCCCC"),
    ("pause-requested", "AApppppppppp", "failed", "pause-requested", "FApppppppppp"),
    ("pause-requested", "ACCC", "failed", "failed", "FCCC"),
    ("pause-requested", "Appp", "canceled", "canceled", "xppp"),
    ("pause-requested", "AApp", "canceled", "pause-requested", "xApp"),
    ("pause-requested", "Appp", "paused", "paused", "pppp"),
    ("pause-requested", "AApp", "paused", "pause-requested", "pApp"),
    ("pause-requested", "ACCC", "queued", "pause-requested", "qCCC"),
    # One of ten is enough, one of eleven is not.
    ("active", "Aqqqqqqqqq", "failed", "failed", "Fxxxxxxxxx"),
    ("active", "Aqqqqqqqqqq", "failed", "active", "Fqqqqqqqqqq"),
]
