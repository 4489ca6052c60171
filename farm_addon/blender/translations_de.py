# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface in German: texts as they stand in the code, and what they are called there."""

MESSAGES: dict[str, str] = {
    "Farm": "Farm",
    "Release": "Release",
    "Jobs": "Jobs",
    "Harvest & Archive": "Ernten & Archivieren",
    "Submit to Release": "An Release senden",
    "Harvest": "Ernten",
    "Archive": "Archivieren",
    "Refresh": "Auffrischen",
    "Cancel": "Abbrechen",
}
