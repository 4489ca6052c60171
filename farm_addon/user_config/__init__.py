# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is usual for this user on this computer: ``config.toml``, and the environment over it.

:mod:`.values` reads it for the verbs, :mod:`.file` changes the file. It holds secrets, so it is
this user's alone, and never on a volume.
"""
