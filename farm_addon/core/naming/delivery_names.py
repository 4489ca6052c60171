# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the frames of a job are called when they are delivered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from ..names import check_output_name
from .templates import Template, Value

JOB_FIELDS = ("release", "job", "scene", "camera", "view_layer", "file", "ext")
"""Fields that every frame of a job has in common."""

FRAME_FIELDS = ("frame", "frame_name", "view", "output")
"""Fields that differ from frame to frame, or from file to file of one frame."""

STILL = "{job}.{ext}"
SEQUENCE = "{job}_{frame:06d}.{ext}"
NAMED_FRAMES = "{job}_{frame_name}.{ext}"


def default_template(frames: int, *, is_every_frame_named: bool) -> str:
    """Return the template of a job for which none was chosen.

    A job whose frames all have names is delivered under these: they are why somebody named them.

    :param frames: how many the job has.
    """
    if is_every_frame_named:
        return NAMED_FRAMES
    return STILL if frames == 1 else SEQUENCE


class DeliveryNames:
    """Names the frames of one job.

    :param template: its fields are those of :data:`JOB_FIELDS`, :data:`FRAME_FIELDS`, facts of the
        job and fields of its frames.
    :param job_fields: an empty text is the same as no such field.
    :param frame_fields: by frame number, ``frame_name`` among them.
    :param extension: of the rendered files, with its dot.
    :param has_views: a frame has several files, one per view; where the template does not name the
        view, ``_VIEW`` is added before the extension.
    :raises TemplateError: if the template cannot be read.
    """

    def __init__(
        self,
        template: str,
        job_fields: Mapping[str, str],
        frame_fields: Mapping[int, Mapping[str, str]],
        *,
        extension: str,
        has_views: bool,
    ) -> None:
        self._template = Template.parse(template)
        self._job_fields = {name: value for name, value in job_fields.items() if value}
        self._frame_fields = frame_fields
        self._extension = extension
        self._adds_view = has_views and "view" not in self._template.fields

    def name(self, frame: int, view: str) -> str:
        """Return the name of one file: one path component, legal on every system.

        :param view: the view's name; empty where there is only one.
        :raises TemplateError: if the template asks for what this frame does not have.
        :raises NameRefusedError: if the name is not legal.
        """
        values: dict[str, Value] = {
            **self._job_fields,
            **self._frame_fields.get(frame, {}),
            "frame": frame,
            "view": view,
            "output": "",
        }
        name = self._template.format(values)
        return check_output_name(self._with_view(name, view) if self._adds_view else name)

    def _with_view(self, name: str, view: str) -> str:
        """Add the view before the extension, also before one that the template spells out."""
        end = self._extension if name.endswith(self._extension) else PurePath(name).suffix
        return f"{name[: len(name) - len(end)]}_{view}{end}"
