# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs on the Managers: finding them with a query, cancelling, pausing, queueing again."""
