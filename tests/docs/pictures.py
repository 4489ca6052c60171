# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws what a terminal shows as an SVG, for the documentation."""

from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text

_FRAME = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" \
xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px;
 line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def terminal_svg(text: str) -> str:
    """Return a picture of a terminal that shows a text; commands are bold, fonts are the reader's.

    :param text: as in an example: commands begin with ``$ ``.
    """
    lines = text.rstrip("\n").splitlines()
    width = max(len(line) for line in lines)
    console = Console(record=True, width=width, file=io.StringIO(), color_system="standard")
    for line in lines:
        console.print(Text(line, style="bold" if line.startswith("$ ") else ""), soft_wrap=True)
    return console.export_svg(title="farm", code_format=_FRAME, unique_id="terminal")
