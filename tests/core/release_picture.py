# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What matters about a volume and its Manager, without what differs between two good runs."""

from __future__ import annotations

import hashlib
import re
import tarfile
from pathlib import Path
from typing import Any

from farm_addon.core.release.record import Attempt, Release
from farm_addon.core.release.release_store import read_release
from tests.core.flow import Flow

_UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DELIVERY = re.compile(r"\d{8}T\d{6}Z(-[0-9a-f]{8})?")
_VOLATILE = re.compile(r"release\.json|.*\.jsonl|harvest\.json|.*\.toml|SHA256SUMS|.*\.log")
"""Files that tell times, identifiers or the way that things went: only their being there counts."""
_LOCK = re.compile(r"\.lock|\.\.lock\.[0-9a-f]{8}\.tmp")
_DIGEST_BYTES = 32


def picture(flow: Flow) -> dict[str, Any]:
    """Return jobs on the Manager, every file of the volume, and every release's state."""
    volume = flow.workspace.volume
    seen: dict[str, Any] = {
        "jobs on the Manager": sorted(
            (
                job.name,
                job.status,
                job.priority,
                str(job.settings["frames"]),
                str(job.metadata.get("farm_attempt", "")),
            )
            for job in flow.manager.stored.values()
        ),
        "files": _files(volume.root),
    }
    folders = [volume.quick, *sorted(volume.releases.glob("*"))]
    for folder in folders:
        if (folder / "release.json").is_file():
            release = read_release(flow.workspace, folder.name).release
            seen[f"release {folder.name}"] = _release(release)
    return seen


def _files(root: Path) -> list[tuple[str, str]]:
    """Return files and empty folders; a lock whose owner is gone is in nobody's way,
    and whoever takes it clears away what else is left of it."""
    found = []
    for path in root.rglob("*"):
        name = _DELIVERY.sub("<when>", path.relative_to(root).as_posix())
        if _LOCK.match(path.name):
            continue
        if path.is_symlink() or path.is_file():
            found += _members(path, name) if name.endswith(".tar.gz") else [(name, _key(path))]
        elif not any(path.iterdir()):
            found.append((f"{name}/", ""))
    return sorted(found)


def _key(path: Path) -> str:
    return _content_key(path.name, path.read_bytes())


def _content_key(name: str, content: bytes) -> str:
    if _VOLATILE.fullmatch(name):
        return ""
    if name.endswith(".json"):  # inputs: when they were looked at
        return ""
    if content.startswith(b"FRAME "):
        content = content[:-_DIGEST_BYTES]
    return hashlib.sha256(_UUID.sub(b"<uuid>", content)).hexdigest()[:16]


def _members(path: Path, name: str) -> list[tuple[str, str]]:
    with tarfile.open(path) as archive:
        return [
            (
                f"{name}: {_DELIVERY.sub('<when>', member.name)}",
                _content_key(
                    member.name.rpartition("/")[2],
                    file.read() if (file := archive.extractfile(member)) else b"",
                ),
            )
            for member in archive.getmembers()
        ]


def _release(release: Release) -> dict[str, Any]:
    return {
        "jobs": {name: _job(job) for name, job in release.jobs.items()},
        "deliveries": [sorted(delivery.jobs) for delivery in release.deliveries],
        "in the middle of": (
            release.harvesting is not None,
            release.unharvesting is not None,
            bool(release.archiving_sha256),
        ),
        "archived": (bool(release.archive_sha256), bool(release.kept_sha256)),
    }


def _job(job: Any) -> dict[str, Any]:
    return {
        "plan": job.plan.to_json(),
        "dropped": job.is_dropped,
        "current": job.current,
        "reinstating": job.reinstating,
        "attempts": [_attempt(one) for one in job.attempts],
        "delivered": [(one.attempt, one.frames.text(), one.dist_name) for one in job.delivered],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    """A submission that never arrived stays in the record; it is not a job."""
    return {
        "inputs": attempt.inputs,
        "cancelled": attempt.is_cancelled,
        "set aside": attempt.is_set_aside,
        "on a Manager": [
            one.frames.text() if one.frames else "" for one in attempt.submissions if one.job_id
        ],
    }
