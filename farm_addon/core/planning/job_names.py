# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What jobs are called, and whether they can be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from ..findings import Finding, Severity
from ..names import NameRefusedError, check_name, fold, suggest_name
from ..naming.templates import Template
from ..recorded_paths import RecordedPath
from ..release.jobs import PlannedJob
from .expansion import RenderUnit

_SINGLE = "{file}"
_SEVERAL = "{file}_{scene}"


class JobNamer:
    """Names jobs.

    A job keeps the name that it has in the release, unless a template was chosen; else it is named
    after its file, and where the file brings several, after its scene, camera and view layer too.

    :param template: chosen by the user; empty for none.
    :param known: the release's jobs.
    """

    def __init__(self, release: str, template: str, known: Iterable[PlannedJob]) -> None:
        self._release = release
        self._template = template
        self._known: dict[tuple[RecordedPath, RenderUnit], str] = {}
        if not template:
            for job in known:
                unit = RenderUnit(job.scene, job.camera, job.view_layer)
                self._known.setdefault((job.source, unit), job.name)

    def name(
        self, source: RecordedPath, unit: RenderUnit, facts: Mapping[str, str], *, is_single: bool
    ) -> str:
        """Return a job's name; perhaps one that is not legal.

        :param source: its ``stem`` is the template's ``{file}``.
        :param is_single: the file brings no other job.
        :raises TemplateError: if the template asks for what this job does not have.
        """
        known = self._known.get((source, unit))
        if known is not None:
            return known
        fields = {
            **facts,
            "release": self._release,
            "file": source.stem,
            "scene": unit.scene,
            "camera": unit.camera,
            "view_layer": unit.view_layer,
        }
        template = Template.parse(self._template or _default(unit, is_single=is_single))
        name = template.format({key: value for key, value in fields.items() if value})
        try:
            return check_name(name, kind="job")
        except NameRefusedError:
            return name


def _default(unit: RenderUnit, *, is_single: bool) -> str:
    if is_single:
        return _SINGLE
    camera = "_{camera}" if unit.camera else ""
    view_layer = "_{view_layer}" if unit.view_layer else ""
    return f"{_SEVERAL}{camera}{view_layer}"


def judge_name(name: str, unit: RenderUnit) -> Iterator[Finding]:
    """Yield why a job cannot have a name."""
    try:
        check_name(name, kind="job")
    except NameRefusedError as ex:
        yield Finding(
            Severity.ERROR,
            "illegal-name",
            f"Scene ‘{unit.text()}’",
            ex.message,
            f"rename the scene or the file, or choose a template (--job-name);"
            f" ‘{suggest_name(name)}’ would do",
            {**unit.to_json(), "job": name, "suggestion": suggest_name(name)},
        )


def judge_twins(
    named: Iterable[tuple[str, RenderUnit]],
    known: Iterable[PlannedJob],
    former: Collection[str],
    stays: Callable[[PlannedJob], bool],
) -> Iterator[Finding]:
    """Yield names that two jobs of a release would share, without regard to case and Unicode form.

    :param named: what is planned now.
    :param known: the release's jobs; those that this plan does not speak for stay.
    :param former: names of the release's jobs, also of those that were dropped: their folders are
        still there, and must not be those of others on systems that ignore case.
    """
    owners: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for name, unit in named:
        owners.setdefault(fold(name), []).append(f"scene ‘{unit.text()}’")
        names.setdefault(fold(name), name)
    for job in known:
        if fold(job.name) in owners and stays(job):
            owners[fold(job.name)].append(f"'{job.source.text}', which is in the release already")
    for name in former:
        key = fold(name)
        if names.get(key, name) != name and len(owners[key]) == 1:
            owners[key].append(f"the job '{name}', which the release has or had")
    for key, who in owners.items():
        if len(who) > 1:
            yield Finding(
                Severity.ERROR,
                "duplicate-name",
                f"Job ‘{names[key]}’",
                f"{' and '.join(dict.fromkeys(who))} would have this name",
                "rename a scene or a file, or choose another template (--job-name)",
                {"job": names[key]},
            )
