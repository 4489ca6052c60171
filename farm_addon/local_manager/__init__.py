# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Manager for one computer: own process, Flamenco's API, renders with a background Blender.

:mod:`.start` is for others: it starts, finds and stops the program and imports the standard
library alone. Inside, :mod:`.scheduler` decides (a pure function), :mod:`.service` keeps its state
in :mod:`.state` and carries out what it orders, :mod:`.render` renders, :mod:`.server` speaks HTTP.
"""
