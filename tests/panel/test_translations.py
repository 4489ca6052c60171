# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text of the interface can be translated, and the German catalogue fits the source."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.panel import translatable


@pytest.mark.parametrize("path", translatable.modules(), ids=lambda path: path.stem)
def test_no_text_is_put_together_without_a_translator(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert translatable.composed(source) == []


@pytest.mark.parametrize(
    "code",
    [
        "row.label(text=f'{count} jobs')",
        "words = 'Harvest ' + name",
        "words = 'Harvest %s' % name",
        "words = '{n} jobs'.format(n=3)",
        "self.report({'INFO'}, f'{count} frame{s} delivered')",
    ],
)
def test_a_composed_text_is_found(code: str) -> None:
    assert [line for line, _ in translatable.composed(code)] == [1]


@pytest.mark.parametrize(
    "code",
    [
        "row.label(text=iface('{count} jobs').format(count=count))",
        "row.label(text=f'{done} / {total}')",
        "row.label(text=counted(n, '{count} job', '{count} jobs'))",
        "raise FarmError(f'no snapshot in {folder} can be saved')",
        "log.debug(f'tick {number} was late')",
        "name = f'farm.{verb}'",
    ],
)
def test_what_is_translated_or_shown_to_nobody_is_no_finding(code: str) -> None:
    assert translatable.composed(code) == []


def test_shown_texts_are_found_where_blender_finds_them() -> None:
    source = '''
STATES = {"active": "rendering", "icon": "RENDER_STILL"}
ITEMS = (("LOCAL", "This Computer", "Render here"),)
class FARM_OT_go(Operator):
    """Go there"""
    bl_label = "Go"
    speed: IntProperty(name="Speed", description="How fast")
    def why_not(cls, context):
        return "Too tired" if context else ""
    def draw(self, layout):
        layout.label(text="Ready" if self.speed else "Stopped")
        layout.label(text=iface("{speed} m/s").format(speed=3))
        draw_text(layout, context, counted(2, "{count} mile", "{count} miles"), "INFO")
'''
    assert translatable.shown(source) == {
        *("rendering", "This Computer", "Render here", "Go there", "Go", "Speed", "How fast"),
        *("Too tired", "Ready", "Stopped", "{count} mile", "{count} miles"),
    }


@pytest.mark.parametrize("text", translatable.catalogue())
def test_a_translation_is_filled_in_with_the_same_values(text: str) -> None:
    translated = translatable.catalogue()[text]
    assert translated
    assert translatable.fields(translated) == translatable.fields(text)
