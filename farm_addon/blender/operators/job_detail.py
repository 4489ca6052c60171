# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open what belongs to the active job: its folder, its last frame, its page; copy a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import IntProperty

from .. import opening, state
from ..job_targets import active_line
from ..properties.session import session
from ..view.job_detail import JobDocument, page_of

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

    Base = bpy.types.Operator
else:
    Base = object  # Blender wants its own class last among the bases of what it registers.


class _DocumentOperator(Base):
    """Needs what was told of the active job."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is something to open, and why not."""
        document = state.view().detail.document
        reason = "Nothing is known about the job yet"
        if document is not None:
            reason = cls.why_not(document)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    @classmethod
    def why_not(cls, document: JobDocument) -> str:
        """Return why it cannot be opened, or nothing."""
        raise NotImplementedError


class FARM_OT_open_job_output(_DocumentOperator, bpy.types.Operator):
    """Show the folder of the job's frames in the file manager"""

    bl_idname = "farm.open_job_output"
    bl_label = "Open Output Folder"

    @classmethod
    def why_not(cls, document: JobDocument) -> str:
        """Return why it cannot be opened, or nothing."""
        return "" if document.output else "The job has no folder yet"

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Open it."""
        document = state.view().detail.document
        assert document is not None
        return opening.open_for(self, document.output)


class FARM_OT_open_job_frame(_DocumentOperator, bpy.types.Operator):
    """Open the job's newest frame in the program that this computer uses for such files. The open
    file stays as it is"""

    bl_idname = "farm.open_job_frame"
    bl_description = (
        "Open the job's newest frame in the program that this computer uses for such files"
    )
    bl_label = "Open Last Frame"

    @classmethod
    def why_not(cls, document: JobDocument) -> str:
        """Return why it cannot be opened, or nothing."""
        return "" if document.frame_file else "No frame is finished yet"

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Open it."""
        document = state.view().detail.document
        assert document is not None
        return opening.open_for(self, document.frame_file, opening.FILE_IS_MISSING)


class FARM_OT_open_job_page(bpy.types.Operator):
    """Show the job in the Manager's web page"""

    bl_idname = "farm.open_job_page"
    bl_label = "Open in the Manager"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether the Manager has a page of the job."""
        if not job_page(context):
            cls.poll_message_set("The Manager has no page of this job")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Open it in the web browser."""
        return bpy.ops.wm.url_open(url=job_page(context))


class FARM_OT_copy_job_log(_DocumentOperator, bpy.types.Operator):
    """Copy the end of the failed task's log to the clipboard"""

    bl_idname = "farm.copy_job_log"
    bl_label = "Copy Log"

    index: IntProperty(  # type: ignore[valid-type]
        name="Task", description="Which of the failed tasks, from 0", min=0
    )

    @classmethod
    def why_not(cls, document: JobDocument) -> str:
        """Return why there is nothing to copy, or nothing."""
        return "" if document.failed else "No task has failed"

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Copy it."""
        document = state.view().detail.document
        assert document is not None
        if self.index >= len(document.failed):
            self.report({"WARNING"}, "This task has not failed")
            return {"CANCELLED"}
        task = document.failed[self.index]
        assert context.window_manager is not None
        context.window_manager.clipboard = "\n".join(
            filter(None, [task.task, task.worker, task.activity, task.log])
        )
        self.report({"INFO"}, "The log is in the clipboard")
        return {"FINISHED"}


def job_page(context: bpy.types.Context) -> str:
    """Return the address of the active job's page, or nothing."""
    document, line = state.view().detail.document, active_line(session(context))
    told = (document.url if document is not None else "") or (line.url if line is not None else "")
    return page_of(told)


register, unregister = bpy.utils.register_classes_factory(
    (
        FARM_OT_open_job_output,
        FARM_OT_open_job_frame,
        FARM_OT_open_job_page,
        FARM_OT_copy_job_log,
    )
)
