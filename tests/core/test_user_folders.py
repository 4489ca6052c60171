# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where this user's own files on this computer live."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from farm_addon import user_folders
from farm_addon.core.errors import FarmError, MissingLibraryError, UsageError

VOLUME_ID = "11111111-2222-3333-4444-55555555555A"


def test_the_folders_are_made_below_the_users_home(user_home: Path) -> None:
    for folder in (
        user_folders.state_folder(),
        user_folders.snapshots(),
        user_folders.volume_state(VOLUME_ID),
    ):
        assert folder.is_dir()
        assert folder.is_relative_to(user_home)
        if sys.platform != "win32":
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert user_folders.snapshots() != user_folders.state_folder()


def test_each_volume_has_its_own_folder_whatever_case_its_number_is_written_in() -> None:
    mine = user_folders.volume_state(VOLUME_ID)
    assert mine == user_folders.volume_state(VOLUME_ID.lower())
    assert mine != user_folders.volume_state(VOLUME_ID.replace("1", "2"))


@pytest.mark.parametrize("volume_id", ["", "../../etc", "x", "/etc"])
def test_what_is_no_uuid_is_no_volume(volume_id: str) -> None:
    with pytest.raises(UsageError, match="is not the UUID of a volume"):
        user_folders.volume_state(volume_id)


def test_the_configuration_is_only_looked_for(user_home: Path) -> None:
    path = user_folders.config_file()
    assert path.name == "config.toml"
    assert path.is_relative_to(user_home)
    assert not path.exists()


def test_a_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    with pytest.raises(MissingLibraryError, match="platformdirs"):
        user_folders.state_folder()


def test_a_home_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    for variable in ("HOME", "XDG_STATE_HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path / "file"))
    with pytest.raises(FarmError, match="cannot be made"):
        user_folders.state_folder()
