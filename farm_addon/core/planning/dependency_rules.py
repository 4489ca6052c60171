# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the files that a scene depends on. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..findings import Finding, Severity, naming
from .scene_facts import DataUser, Dependency

CANNOT_PACK = {
    "image-sequence": "an image sequence",
    "movie": "a movie",
    "movie-clip": "a movie clip",
    "cache-file": "an Alembic or USD cache",
    "volume": "a volume (VDB)",
    "simulation": "a simulation cache on disk",
    "mesh-cache": "a mesh cache",
    "script": "an external script",
    "ies": "an external IES profile",
}


def judge_dependencies(dependencies: Iterable[Dependency]) -> Iterator[Finding]:
    """Yield what concerns the files that a scene depends on."""
    yield from _once_each(f for one in dependencies for f in _judge_dependency(one))


def _once_each(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield one finding for each owner: a sequence of 10,000 files is one mistake."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.code, finding.subject), []).append(finding)
    for first, *others in groups.values():
        more = f", and {len(others)} more like it" if others else ""
        yield replace(first, message=first.message + more)


def _judge_dependency(dependency: Dependency) -> Iterator[Finding]:
    names = file_names(dependency.path, dependency.kind, dependency.user)
    yield from naming(_judge_file(dependency), **names)


def file_names(path: str, kind: str, user: DataUser | None) -> dict[str, str]:
    """Return the names that a finding about a file tells.

    :param kind: as in :class:`.scene_facts.Dependency`.
    """
    return {"path": path, "kind": kind, **(user or DataUser("", "")).to_json()}


def _judge_file(dependency: Dependency) -> Iterator[Finding]:
    if not dependency.exists:
        yield Finding(
            Severity.ERROR,
            "missing-file",
            dependency.owner,
            f"its file '{dependency.path}' is missing",
            "find the file (File > External Data), or remove what uses it",
        )
    elif not dependency.is_packable:
        what = CANNOT_PACK.get(dependency.kind, "a file")
        yield Finding(
            Severity.ERROR,
            f"cannot-freeze-{dependency.kind}",
            dependency.owner,
            f"it uses {what}, '{dependency.path}', which cannot be packed into a .blend",
            "bake it into the file or render it another way",
        )
