# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface in the artist's language.

Blender itself translates whole labels, tooltips and reports that are written in the code. What is
put together (``{count} jobs``) is translated as a template first, by :func:`iface`, and filled in
afterwards. A catalogue is a dict from the English text; where one has no entry, the English shows.
"""

from __future__ import annotations

import bpy

from .. import ADDON_ID
from . import (
    translations_de,
    translations_de_sentences,
    translations_de_tips,
    translations_de_values,
)

assert ADDON_ID is not None

CATALOGUES = {
    "de": {
        **translations_de.MESSAGES,
        **translations_de_sentences.MESSAGES,
        **translations_de_tips.MESSAGES,
        **translations_de_values.MESSAGES,
    }
}
"""By language, as in Blender's own locales without the country."""

OWN_CONTEXT = "Farm"
"""For words that Blender's own catalogue has in another sense: a released key is no release."""

CONTEXTS = ("*", "Operator", OWN_CONTEXT)
"""Where Blender looks texts up: anywhere, on the buttons of operators, where we ask for it."""


def iface(text: str) -> str:
    """Return a text or template in the language of the interface, cheaply enough for ``draw``.

    :param text: as it stands in the code, with ``{names}`` for what is filled in by the caller.
    """
    return bpy.app.translations.pgettext_iface(text)


def counted(count: int, one: str, many: str) -> str:
    """Return how many of something there are: ``counted(2, "{count} job", "{count} jobs")``.

    :param one: template for one of it; ``many``: for any other number. Both hold ``{count}``.
    """
    return iface(one if count == 1 else many).format(count=count)


def register() -> None:
    """Hand the catalogues to Blender."""
    bpy.app.translations.register(
        ADDON_ID,
        {
            language: {
                (context, text): translated
                for text, translated in messages.items()
                for context in CONTEXTS
            }
            for language, messages in CATALOGUES.items()
        },
    )


def unregister() -> None:
    """Take them back."""
    bpy.app.translations.unregister(ADDON_ID)
