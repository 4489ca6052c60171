# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the jobs that a query means: the one selection behind kill, pause, resume, requeue,
priority and status.

``jobs`` means the whole farm, ``NAME.jobs`` one release, and the literal ``release.jobs`` the one
release that the query demands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..errors import ManagerError, RecordError, UsageError
from ..names import fold
from ..ports import Manager, ManagerAddress
from ..release.release_store import (
    ReleaseStore,
    check_release_name,
    known_names,
    read_release,
)
from ..workspace import Workspace
from .always_true import is_always_true
from .conditions import Glob
from .farm_job import FarmJob
from .flags import FlagReader
from .joining import join_jobs
from .query import Query, check_query
from .query_errors import QueryError
from .query_parser import parse_query
from .query_syntax import Node, demanded, terms, unescape

JOBS = "jobs"
_END = ".jobs"
_LITERAL = "release.jobs"
_EVERY = "job:*"

AskManagers = Callable[[Collection[ManagerAddress]], Mapping[ManagerAddress, Manager]]
"""Returns the Managers to ask: those of the addresses that can be asked from here, and others."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What was found.

    :param release: the one release that was searched; empty for the whole farm.
    :param jobs: what matches.
    :param managers: those that were asked; ``silent``: why some of them did not answer, so that
        nobody knows what they have.
    :param is_always_true: the query matches every job there is, whatever the jobs are; a list of
        names never does.
    :param unknown: names that were asked for and that no job of the release has.
    :param flags: tells more about the jobs.
    """

    query: Query
    release: str
    jobs: tuple[FarmJob, ...]
    managers: Mapping[ManagerAddress, Manager]
    silent: Mapping[ManagerAddress, str]
    is_always_true: bool
    flags: FlagReader
    unknown: tuple[str, ...] = ()


def find_jobs(
    workspace: Workspace,
    what: str,
    text: str,
    ask: AskManagers,
    *,
    with_foreign: bool = False,
    names: Collection[str] | None = None,
) -> Selection:
    """Find the jobs that a query matches. Changes nothing; one request per Manager, and more only
    where the query asks for what a Manager's list does not tell.

    :param what: ``jobs``, ``NAME.jobs`` or ``release.jobs``.
    :param with_foreign: also among jobs that this farm did not submit.
    :param names: only the jobs of one release that are named so, and of their earlier attempts only
        those that are not at their end; None for all. ``text`` may then be empty.
    :raises QueryError: with the place of what is wrong in the query.
    :raises UsageError: for another ``what``, or a release that is not there.
    :raises ManagerError: where a Manager does not answer what the query asks for.
    """
    text = text or (_EVERY if names is not None else "")
    node = parse_query(text)
    release = _release_of(what, text, node)
    if names is not None and not release:
        raise UsageError(
            "a list of names needs their release", hint="say NAME.jobs instead of jobs"
        )
    if release and with_foreign:
        raise UsageError(
            f"what this farm did not submit is in no release, so not in '{what}' either",
            hint="search the whole farm: jobs QUERY --foreign",
        )
    stores = _read_stores(workspace, release, node)
    facts = {
        name
        for store in stores.values()
        for state in store.release.jobs.values()
        for name, _value in state.plan.facts
    }
    query = check_query(text, node, facts)
    asked = {term.name for term in terms(node)}
    addresses = {one: None for store in stores.values() for one in store.release.managers()}
    managers = ask(list(addresses))
    jobs, silent = join_jobs(
        workspace.config.volume_id,
        stores.values(),
        managers,
        workspace.reporter,
        with_foreign=with_foreign,
        tag_names=_tag_names(workspace, managers) if "tag" in asked else {},
    )
    if release:
        jobs = [job for job in jobs if job.is_ours and fold(job.release) == fold(release)]
    unknown: tuple[str, ...] = ()
    if names is not None:
        jobs, unknown = _named(jobs, names)
    flags = FlagReader(workspace, stores, managers)
    now = datetime.now(UTC).timestamp()
    matching = query.match(jobs, now, flags.ask)
    is_everything = names is None and is_always_true(query, now)
    return Selection(
        query, release, tuple(matching), managers, silent, is_everything, flags, unknown
    )


def _named(
    jobs: Iterable[FarmJob], names: Collection[str]
) -> tuple[list[FarmJob], tuple[str, ...]]:
    """Return the jobs of some names, and the names that none of the jobs has."""
    wanted = {fold(name): name for name in names}
    named = [job for job in jobs if fold(job.job) in wanted]
    have = {fold(job.job) for job in named}
    found = [job for job in named if job.is_unfinished or not job.is_superseded]
    return found, tuple(name for key, name in wanted.items() if key not in have)


def _release_of(what: str, text: str, node: Node) -> str:
    """Return the release that is searched, or an empty text for all."""
    if what == JOBS:
        return ""
    if what.casefold() == _LITERAL:
        return _demanded_release(text, node)
    name = what[: -len(_END)]
    if not what.casefold().endswith(_END) or not name:
        raise UsageError(
            f"'{what}' is nothing to search", hint="say jobs, NAME.jobs or release.jobs"
        )
    return check_release_name(name)


def _demanded_release(text: str, node: Node) -> str:
    """Return the release that every match must belong to, by name."""
    for term in demanded(node):
        if term.name == "release" and term.operator == ":":
            name = unescape(term.pattern)
            if Glob.of(term.pattern).is_literal:
                return check_release_name(name)
            problem = f"'{_LITERAL}' means one release, and '{term.pattern}' may be several"
            advice = "search the whole farm with: jobs QUERY"
            raise QueryError(problem, text, term.value_start, term.value_length, advice=advice)
    raise QueryError(
        f"'{_LITERAL}' takes the release from a term 'release:NAME' that every match must satisfy,"
        " and there is none",
        text,
        len(text),
        advice="add one, or say NAME.jobs",
    )


def _read_stores(workspace: Workspace, release: str, node: Node) -> dict[str, ReleaseStore]:
    """Open the releases that can hold a match, each once; by name.

    A record that cannot be read keeps nobody from the jobs of other releases.
    """
    if release:
        store = read_release(workspace, release)  # its name may be typed in another case
        return {store.release.name: store}
    wanted = [
        Glob.of(term.pattern)
        for term in demanded(node)
        if term.name == "release" and term.operator == ":"
    ]
    stores: dict[str, ReleaseStore] = {}
    for name in _matching(known_names(workspace), wanted):
        try:
            stores[name] = read_release(workspace, name)
        except RecordError as ex:
            workspace.reporter.status(f"release '{name}' was left out: {ex.message}")
    return stores


def _tag_names(workspace: Workspace, managers: Mapping[ManagerAddress, Manager]) -> dict[str, str]:
    """Return the names of Worker tags, by UUID: plans keep the UUID alone."""
    names: dict[str, str] = {}
    for manager in managers.values():
        try:
            names.update({tag.id: tag.name for tag in manager.worker_tags()})
        except ManagerError as ex:
            workspace.reporter.status(ex.message)
    return names


def _matching(names: Iterable[str], wanted: Collection[Glob]) -> list[str]:
    return [name for name in names if all(glob.holds(name) for glob in wanted)]
