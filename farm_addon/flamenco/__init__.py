# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP client for Flamenco's API, Managers 3.2 to 3.9; no bpy.

:mod:`.client` is the door, :mod:`.connection` what it stands on. :mod:`.transport` sends and turns
every failure into a sentence, :mod:`.wire` turns JSON into values, :mod:`.version` and
:mod:`.variables` hold the small rules of the API.
"""
