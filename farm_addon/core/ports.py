# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doors through which the domain reaches the outside: Manager, Freezer, FrameDecoder, Reporter.

:mod:`farm_addon.app` makes the real ones; tests hand in fakes. All values are plain and frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from .findings import Finding
from .planning.scene_facts import BlenderBuild, FileFacts
from .provenance import Provenance

# --- Manager ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ManagerAddress:
    """Which Manager a submission went to, as the journal keeps it.

    :param url: base URL of a Flamenco Manager, without a trailing slash; empty for the local one.
    :param user: whose local manager; empty for a URL.
    :param host: on which computer; empty for a URL.
    """

    url: str = ""
    user: str = ""
    host: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it is a local manager rather than a Flamenco Manager at a URL."""
        return not self.url

    def text(self) -> str:
        """Return it for people."""
        return self.url or f"the local manager of {self.user} on {self.host}"

    def job_page(self, job_id: str) -> str:
        """Return the address of a job's page in the Manager's web app; empty for the local one,
        which has none, and for a job that has no id.

        Source: Flamenco, ``web/app/src/router/index.js``, served below ``/app/``.
        """
        return f"{self.url}/app/jobs/{quote(job_id, safe='')}" if self.url and job_id else ""


@dataclass(frozen=True, slots=True)
class JobType:
    """A job type that the Manager knows.

    :param etag: opaque; sent back at submission, refused with 412 when it no longer holds.
    :param setting_keys: the settings that it advertises.
    """

    name: str
    etag: str
    setting_keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class JobToSubmit:
    """A job as it is posted.

    :param priority: 0 to 100, higher first.
    :param settings: values of the job type; paths in this computer's notation.
    :param metadata: free labels, strings only.
    :param worker_tag: the tag's UUID, or empty for any Worker.
    """

    name: str
    job_type: str
    type_etag: str
    priority: int
    settings: Mapping[str, Any]
    metadata: Mapping[str, str]
    worker_tag: str = ""


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A job as the Manager tells it.

    :param status: Flamenco's word, perhaps one that is not known here.
    :param activity: text of the last change, perhaps empty.
    :param steps_total: 0 until the first step is reported, and on Managers before 3.8.
    :param updated: RFC 3339 as the Manager wrote it; compare only for equality.
    :param is_deletion_requested: it is about to vanish.
    """

    id: str
    name: str
    status: str
    activity: str
    priority: int
    settings: Mapping[str, Any]
    metadata: Mapping[str, str]
    steps_completed: int
    steps_total: int
    created: str
    updated: str
    is_deletion_requested: bool = False


@dataclass(frozen=True, slots=True)
class RemoteTask:
    """A task as the Manager tells it.

    :param worker: name of its Worker, or empty.
    :param index: position in the job from 1, or 0 where the Manager does not tell.
    :param worker_id: id of its Worker, or empty.
    :param activity: text of the last change; told by :meth:`Manager.task` alone.
    :param failed_by: ids of the Workers that failed it since it was last requeued and will not get
        it again; told by :meth:`Manager.task` alone, empty in a list of tasks.
    """

    id: str
    name: str
    status: str
    task_type: str
    worker: str = ""
    index: int = 0
    updated: str = ""
    steps_completed: int = 0
    steps_total: int = 0
    worker_id: str = ""
    activity: str = ""
    failed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoteWorker:
    """A Worker as the Manager tells it."""

    id: str
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class BlockedWorker:
    """A Worker that gets no task of a type on a job any more, since it failed too many."""

    worker_id: str
    worker: str
    task_type: str


@dataclass(frozen=True, slots=True)
class WorkerTag:
    """A tag that Workers may have; a job with a tag is rendered by those alone."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class JobPicture:
    """The picture that a Manager has of a job's newest frame: a preview, never a deliverable.

    :param content: a JPEG.
    :param modified: HTTP's words for when; handed back to ask whether there is a newer one.
    """

    content: bytes
    modified: str = ""


class Manager(Protocol):
    """A Flamenco Manager, or the local one, which speaks the same API.

    Every method may raise :class:`~.errors.ManagerUnreachableError` (the request may have been
    carried out) or :class:`~.errors.ManagerRefusedError` (it was not).
    """

    @property
    def address(self) -> ManagerAddress:
        """Who this is, as the journal keeps it."""

    def version(self) -> tuple[int, int]:
        """Return major and minor version; (99, 0) where the answer cannot be read."""

    def job_type(self, name: str) -> JobType:
        """Return a job type; :class:`~.errors.ManagerRefusedError` with 404 if there is none."""

    def storage_location(self) -> str:
        """Return the root of the Manager's shared storage as this computer should see it."""

    def submit(self, job: JobToSubmit, *, is_paused: bool = False) -> RemoteJob:
        """Post a job, once. Never repeats by itself.

        :param is_paused: it waits until it is requeued; refused below Flamenco 3.6 with nothing
            sent, since such a Manager would start it.
        """

    def jobs(self) -> list[RemoteJob]:
        """Return every job that the Manager keeps, in order of creation. One large answer."""

    def refreshed_jobs(self, known: Mapping[str, RemoteJob | None]) -> dict[str, RemoteJob]:
        """Return some jobs, by id, from the list of all; those that are not there are left out.

        :param known: the ids that are wanted, and what is known of them. A job that has not changed
            is the very object from here.
        """

    def job(self, job_id: str) -> RemoteJob | None:
        """Return one job, or None where there is none (any more)."""

    def job_picture(self, job_id: str, *, size: str = "", since: str = "") -> JobPicture | None:
        """Return the picture of a job's newest frame.

        :param size: empty for the largest, ``small`` or ``tiny``.
        :param since: what :attr:`JobPicture.modified` said of the one that is there already.
        :return: None where there is none, or none that is newer.
        """

    def tasks(self, job_id: str) -> list[RemoteTask]:
        """Return a job's tasks in the order of their index; empty for an unknown job."""

    def task(self, task_id: str) -> RemoteTask | None:
        """Return one task with all that is known of it, or None where there is none (any more)."""

    def task_log_tail(self, task_id: str) -> str:
        """Return at most the last 2 kB of a task's log; empty where there is none yet."""

    def set_job_status(self, job_id: str, status: str, reason: str) -> None:
        """Request a status: ``cancel-requested``, ``requeueing``, ``pause-requested``.

        A pause below Flamenco 3.6 is refused with nothing sent.
        """

    def set_priority(self, job_id: str, priority: int) -> None:
        """Change a job's priority: 0 to 100, higher first."""

    def delete_job(self, job_id: str) -> None:
        """Ask for a job's deletion; the Manager carries it out a little later. Gone is fine."""

    def blocklist(self, job_id: str) -> list[BlockedWorker]:
        """Return which Workers get no more tasks of this job; empty for an unknown job."""

    def workers(self) -> list[RemoteWorker]:
        """Return the Workers."""

    def worker_tags(self) -> list[WorkerTag]:
        """Return the tags that Workers can have; none below Flamenco 3.3."""


# --- Freezer ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FreezeJob:
    """One file to make.

    :param scene: the scene that it renders and that is active in it.
    :param target: absolute path to write; its folder exists; nothing is there yet.
    :param file_format: Blender's API identifier, set in the file too.
    :param provenance: goes into the stamp note, after the studio's own.
    :param camera: name of the camera object to render through, markers notwithstanding; empty for
        the scene's own.
    :param view_layer: the only view layer to render; empty for those that the scene renders.
    """

    job: str
    scene: str
    target: Path
    file_format: str
    provenance: Provenance
    camera: str = ""
    view_layer: str = ""


@dataclass(frozen=True, slots=True)
class FrozenJob:
    """What became of one :class:`FreezeJob`.

    :param findings: with a blocking one among them the target must not be used.
    """

    job: str
    target: Path
    findings: tuple[Finding, ...] = ()


class Freezer(Protocol):
    """A background Blender that reads and freezes .blend files, never the artist's own session.

    Raises :class:`~.errors.BlenderError` where Blender is missing, crashes or cannot open a file.
    """

    def build(self) -> BlenderBuild:
        """Tell which Blender this is; starts it if need be."""

    def read(self, blend: Path) -> FileFacts:
        """Read a file's facts. The file and its folder stay as they are."""

    def freeze(self, blend: Path, jobs: Sequence[FreezeJob]) -> Iterator[FrozenJob]:
        """Turn one file into self-contained files, one per job, in order; opened once.

        Each target was opened again and proved (scene, format, nothing outside) when it is
        yielded. The source and its folder stay byte-identical.
        """


# --- FrameDecoder -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FrameVerdict:
    """What decoding a file told.

    :param problem: one sentence, or empty where the file decoded fully.
    :param format_name: what the content is, in OpenImageIO's words (``png``, ``openexr``), whatever
        the file's name says; empty where it could not be told.
    :param channels: of the first part of the file.
    :param note: the stamp note in its metadata, or empty.
    :param is_black: every colour of every pixel is 0; alpha does not count.
    :param bad_pixels: how many pixels have a NaN or an infinity in a colour channel or alpha.
    :param pixels_digest: the same for files with the same pixels, whatever their metadata; empty
        where it was not computed.
    """

    path: Path
    problem: str = ""
    format_name: str = ""
    width_px: int = 0
    height_px: int = 0
    channels: int = 0
    note: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_black: bool = False
    bad_pixels: int = 0
    pixels_digest: str = ""


class FrameDecoder(Protocol):
    """Decodes frames fully; never trusts presence, size or extension."""

    def decode(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        """Yield one verdict per path, in order, each as soon as it is known."""

    def can_decode(self, format_name: str) -> bool:
        """Tell whether files of this format (OpenImageIO's word) can be decoded here."""


# --- Reporter -----------------------------------------------------------------------------------


class Reporter(Protocol):
    """Where news goes while a verb runs: a terminal, an event stream, or nowhere.

    Methods return quickly, never raise, and are called from the verb's own thread.
    """

    def status(self, text: str) -> None:
        """Say what is being done now, as a short sentence."""

    def progress(self, topic: str, done: int, total: int) -> None:
        """Tell how far a topic (``freeze``, ``submit``, ``render``, ``check``, ``deliver``,
        ``archive``, ``verify``, ``cancel``, ``delete``, ``change``) is; ``total`` may be 0 while it
        is not known. The last call of a topic has ``done == total``."""

    def finding(self, finding: Finding) -> None:
        """Tell a finding."""

    def row(self, table: str, key: str, values: Mapping[str, Any] | None) -> None:
        """Tell that a row of a table (``jobs``, ``frames``, ``releases``, ``found``, ``stale``) is
        new or has changed; None: that it is gone."""

    def order(self, table: str, keys: Sequence[str]) -> None:
        """Tell which rows of a table are shown, and in which order; all of them were told."""
