# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm help`` and the completion scripts, tried in the shells that are here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from farm_addon.cli.commands.completion import SHELLS
from farm_addon.cli.parser import make_parser, verbs
from tests.cli.conftest import Cli


def test_help_lists_every_verb(cli: Cli) -> None:
    assert cli("help") == 0
    for verb in verbs(make_parser()):
        assert f"\n    {verb} " in cli.out


@pytest.mark.parametrize("verb", verbs(make_parser()))
def test_help_explains_a_verb_with_its_options(cli: Cli, verb: str) -> None:
    assert cli("help", verb) == 0
    assert cli.out.startswith(f"usage: farm {verb} ")
    assert "--volume" in cli.out


def test_help_for_a_verb_that_is_none_names_those_that_are(cli: Cli) -> None:
    assert cli("help", "harvset") == 2
    assert "harvest" in cli.err


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_scripts_know_the_verbs(cli: Cli, shell: str) -> None:
    assert cli("completion", shell) == 0
    assert "harvest" in cli.out
    assert "--volume" in cli.out or "volume" in cli.out


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_scripts_are_good_shell(cli: Cli, shell: str, tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed here; its script was not read by it")
    cli("completion", shell)
    script = tmp_path / "script"
    script.write_text(cli.out)
    subprocess.run([program, "-n", str(script)], check=True, timeout=30)


def test_bash_completes_a_verb(cli: Cli, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed here")
    cli("completion", "bash")
    script = tmp_path / "farm.bash"
    script.write_text(cli.out)
    ask = (
        f"source {script}; COMP_WORDS=(farm harv); COMP_CWORD=1;"
        " $(complete -p farm | sed 's/.*-F \\([^ ]*\\).*/\\1/') farm harv farm;"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        [bash, "--norc", "-c", ask], check=True, capture_output=True, text=True, timeout=30
    )
    assert done.stdout.split() == ["harvest"]
