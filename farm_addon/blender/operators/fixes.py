# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mend what a check found in the open file. Each can be undone, and tells why where it cannot help.

Which finding has which of these buttons is in :mod:`..view.fixes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ...core.errors import FarmError, UsageError
from ...core.names import check_name
from .. import state
from ..properties.scene import SCENES, file_settings, own_scene
from ..properties.session import session
from ..translations import iface
from ..units import camera_names
from ..view.fixes import fixes_for

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

    Base = bpy.types.Operator
else:
    Base = object  # Blender wants its own class last among the bases of what it registers.

FORMATS = (
    ("PNG", "PNG", "One PNG file for each frame"),
    ("OPEN_EXR", "OpenEXR", "One OpenEXR file for each frame"),
)
IMAGE_ACTIONS = (
    ("SAVE", "Save", "Save the image's file"),
    ("PACK", "Pack", "Pack the image into the .blend file"),
)


class FixOperator(Base):
    """Mends one thing, and takes the finding off the list.

    Subclasses give :meth:`mend`.
    """

    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Mend it."""
        try:
            done = self.mend(context)
        except FarmError as ex:
            self.report({"ERROR"}, f"{ex.message}. {ex.hint}".rstrip(". "))
            return {"CANCELLED"}
        self.report({"INFO"}, done)
        take_off(context, self)
        state.view().plan.is_outdated = True
        return {"FINISHED"}

    def mend(self, context: bpy.types.Context) -> str:
        """Mend it; return what was done.

        :raises FarmError: if that cannot be.
        """
        raise NotImplementedError


def take_off(context: bpy.types.Context, operator: Any) -> None:
    """Take the findings off the list that an operator was the button for."""
    findings = session(context).release_findings
    name = operator.bl_idname.replace("_OT_", ".").lower()
    for index in reversed(range(len(findings.items))):
        item = findings.items[index]
        for fix in fixes_for(item.code, item.data):
            told = fix.properties.items()
            if fix.operator == name and all(getattr(operator, key) == to for key, to in told):
                findings.items.remove(index)
                break
    findings.index = min(findings.index, max(0, len(findings.items) - 1))


class FARM_OT_fix_camera(FixOperator, bpy.types.Operator):
    """Render the scene through one of its cameras; where it has several, choose which"""

    bl_idname = "farm.fix_camera"
    bl_label = "Set Camera"

    scene: StringProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene that has no active camera"
    )
    camera: StringProperty(  # type: ignore[valid-type]
        name="Camera",
        description="Camera object of the scene. Empty: its only one",
        options={"SKIP_SAVE"},
    )

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Let the artist choose among several cameras."""
        scene = own_scene(self.scene)
        names = camera_names(scene) if scene is not None else []
        if self.camera or len(names) < 2:
            return self.execute(context)
        about = self.scene

        def draw(menu: Any, context: bpy.types.Context) -> None:
            menu.layout.operator_context = "EXEC_DEFAULT"
            for name in names:
                button = menu.layout.operator(
                    "farm.fix_camera", text=name, translate=False, icon="CAMERA_DATA"
                )
                button.scene, button.camera = about, name

        assert context.window_manager is not None
        context.window_manager.popup_menu(draw, title="Render Through", icon="CAMERA_DATA")
        return {"CANCELLED"}

    def mend(self, context: bpy.types.Context) -> str:
        """Make the camera active."""
        scene = _scene(self.scene)
        names = camera_names(scene)
        if not names:
            raise UsageError(
                f"scene ‘{scene.name}’ has no camera object that renders",
                hint="add one (Add > Camera)",
            )
        if not self.camera and len(names) > 1:
            raise UsageError(
                f"scene ‘{scene.name}’ has several cameras",
                hint="choose one: " + ", ".join(names[:10]),
            )
        wanted = self.camera or names[0]
        found = [one for one in scene.objects if one.type == "CAMERA" and one.name == wanted]
        if not found:
            raise UsageError(f"scene ‘{scene.name}’ has no camera ‘{wanted}’")
        scene.camera = min(found, key=lambda one: one.library is not None)
        return iface("Scene ‘{scene}’ is rendered through ‘{camera}’").format(
            scene=scene.name, camera=wanted
        )


class FARM_OT_fix_format(FixOperator, bpy.types.Operator):
    """Render images in this format"""

    bl_idname = "farm.fix_format"
    bl_label = "Set Output Format"

    scene: StringProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene whose output format is changed"
    )
    file_format: EnumProperty(  # type: ignore[valid-type]
        name="Format", description="Format of the rendered files", items=FORMATS
    )

    @classmethod
    def description(
        cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties
    ) -> str:
        """Return which format it sets."""
        label = dict((one[0], one[1]) for one in FORMATS)[properties.file_format]
        return iface("Let the scene render {label} files, one for each frame").format(label=label)

    def mend(self, context: bpy.types.Context) -> str:
        """Choose the format."""
        scene = _scene(self.scene)
        settings: Any = scene.render.image_settings
        if hasattr(settings, "media_type"):  # Blender 5.0: formats are those of a kind of media
            settings.media_type = "IMAGE"
        settings.file_format = self.file_format
        return iface("Scene ‘{scene}’ renders {file_format} files").format(
            scene=scene.name, file_format=self.file_format
        )


class FARM_OT_fix_color_mode(FixOperator, bpy.types.Operator):
    """Render in colour, as the output format needs it"""

    bl_idname = "farm.fix_color_mode"
    bl_label = "Use RGB"

    scene: StringProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene whose colour mode is changed"
    )

    def mend(self, context: bpy.types.Context) -> str:
        """Choose RGB."""
        scene = _scene(self.scene)
        scene.render.image_settings.color_mode = "RGB"
        return iface("Scene ‘{scene}’ renders RGB").format(scene=scene.name)


class FARM_OT_fix_frames(FixOperator, bpy.types.Operator):
    """Change the scene's frame range to one that can be rendered"""

    bl_idname = "farm.fix_frames"
    bl_label = "Set Frame Range"

    scene: StringProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene whose frame range is changed"
    )
    frame_start: IntProperty(  # type: ignore[valid-type]
        name="Start", description="First frame", min=0
    )
    frame_end: IntProperty(  # type: ignore[valid-type]
        name="End", description="Last frame, which is rendered too", min=0
    )

    def mend(self, context: bpy.types.Context) -> str:
        """Set the range."""
        scene = _scene(self.scene)
        if self.frame_end < self.frame_start:
            raise UsageError(f"the range {self.frame_start} to {self.frame_end} is empty")
        # Blender moves one end where the other would pass it.
        scene.frame_start = self.frame_start
        scene.frame_end = self.frame_end
        scene.frame_start = self.frame_start
        return iface("Scene ‘{scene}’ renders frames {start} to {end}").format(
            scene=scene.name, start=self.frame_start, end=self.frame_end
        )


class FARM_OT_fix_file_output(FixOperator, bpy.types.Operator):
    """Mute the File Output node: it would write beside the farm's own files"""

    bl_idname = "farm.fix_file_output"
    bl_label = "Mute File Output"

    scene: StringProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene whose compositor has the node"
    )
    group: StringProperty(  # type: ignore[valid-type]
        name="Group", description="Node group that the node is in. Empty: the compositor itself"
    )
    node: StringProperty(  # type: ignore[valid-type]
        name="Node", description="Name of the File Output node"
    )

    def mend(self, context: bpy.types.Context) -> str:
        """Mute the node."""
        scene: Any = _scene(self.scene)
        if self.group:
            tree: Any = bpy.data.node_groups.get((self.group, None))
        else:
            tree = getattr(scene, "compositing_node_group", None) or getattr(
                scene, "node_tree", None
            )
        node = tree.nodes.get(self.node) if tree is not None and tree.library is None else None
        if node is None:
            raise UsageError(
                f"there is no node ‘{self.node}’ in this file", hint="check the file again"
            )
        node.mute = True
        return iface("Node ‘{node}’ is muted").format(node=self.node)


class FARM_OT_fix_image(FixOperator, bpy.types.Operator):
    """Keep what was painted into the image"""

    bl_idname = "farm.fix_image"
    bl_label = "Save or Pack Image"

    image: StringProperty(  # type: ignore[valid-type]
        name="Image", description="Image with painted pixels"
    )
    action: EnumProperty(  # type: ignore[valid-type]
        name="How", description="Where the pixels are kept", items=IMAGE_ACTIONS
    )

    @classmethod
    def description(
        cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties
    ) -> str:
        """Return where the pixels go."""
        if properties.action == "PACK":
            return "Pack what was painted into the .blend file"
        return "Save what was painted to the image's own file"

    def mend(self, context: bpy.types.Context) -> str:
        """Save or pack it."""
        image = bpy.data.images.get((self.image, None))
        if image is None:
            raise UsageError(f"this file has no image ‘{self.image}’ of its own")
        try:
            if self.action == "PACK":
                image.pack()
                return iface("Image ‘{image}’ is packed").format(image=image.name)
            if not image.filepath:
                raise UsageError(f"image ‘{image.name}’ has no file yet", hint="pack it")
            image.save()
        except RuntimeError as ex:
            raise FarmError(f"image ‘{image.name}’: {str(ex).strip()}", hint="pack it") from ex
        return iface("Image ‘{image}’ is saved").format(image=image.name)


class FARM_OT_fix_scene_name(FixOperator, bpy.types.Operator):
    """Give the scene a name that files can have on every system"""

    bl_idname = "farm.fix_scene_name"
    bl_label = "Rename Scene"

    scene: StringProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene that is renamed"
    )
    new_name: StringProperty(  # type: ignore[valid-type]
        name="New Name", description="Name that it gets"
    )

    def mend(self, context: bpy.types.Context) -> str:
        """Rename it."""
        scene = _scene(self.scene)
        scene.name = check_name(self.new_name, kind="job")
        return iface("The scene is called ‘{scene}’ now").format(scene=scene.name)


class FARM_OT_fix_rows(FixOperator, bpy.types.Operator):
    """Plan one job for each scene, whatever cameras or view layers it has"""

    bl_idname = "farm.fix_rows"
    bl_label = "Plan Whole Scenes"

    def mend(self, context: bpy.types.Context) -> str:
        """Stop expanding."""
        file_settings(context).expand = SCENES
        return "Each scene becomes one job"


class FARM_OT_fix_marker_names(FixOperator, bpy.types.Operator):
    """Render all frames of the scenes, whatever markers they have"""

    bl_idname = "farm.fix_marker_names"
    bl_label = "Do Not Use Markers"

    def mend(self, context: bpy.types.Context) -> str:
        """Leave markers alone."""
        file_settings(context).uses_markers = False
        return "Frames are those of the scenes"


def _scene(name: str) -> bpy.types.Scene:
    scene = own_scene(name)
    if scene is None:
        raise UsageError(f"this file has no scene ‘{name}’ of its own", hint="check it again")
    return scene


register, unregister = bpy.utils.register_classes_factory(
    (
        FARM_OT_fix_camera,
        FARM_OT_fix_format,
        FARM_OT_fix_color_mode,
        FARM_OT_fix_frames,
        FARM_OT_fix_file_output,
        FARM_OT_fix_image,
        FARM_OT_fix_scene_name,
        FARM_OT_fix_rows,
        FARM_OT_fix_marker_names,
    )
)
