# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface speaks the language that Blender is set to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

import pytest


@pytest.fixture
def german() -> Iterator[None]:
    import bpy

    view = bpy.context.preferences.view
    before = view.language, view.use_translate_interface
    try:
        view.language = "de_DE"
    except TypeError:
        pytest.skip("this Blender was built without languages")
    view.use_translate_interface = True
    yield
    view.language, view.use_translate_interface = before


def test_labels_templates_and_buttons_are_german(
    room: Callable[[str], ModuleType], german: None
) -> None:
    import bpy

    translations = room("translations")
    assert translations.iface("Harvest & Archive") == "Ernten & Archivieren"
    assert translations.counted(1, "{count} job", "{count} jobs") == "1 Job"
    assert translations.counted(3, "{count} ticked job", "{count} ticked jobs") == (
        "3 Jobs angekreuzt"
    )
    button = bpy.app.translations.pgettext_iface("Submit to Release", "Operator")
    assert button == "An Release senden"


def test_what_no_catalogue_has_stays_english(
    room: Callable[[str], ModuleType], german: None
) -> None:
    assert room("translations").iface("This is in no catalogue") == "This is in no catalogue"


def test_catalogues_go_with_the_extension(
    farm: ModuleType, room: Callable[[str], ModuleType], german: None
) -> None:
    farm.unregister()
    assert room("translations").iface("Harvest & Archive") == "Harvest & Archive"
    farm.register()
    assert room("translations").iface("Harvest & Archive") == "Ernten & Archivieren"
