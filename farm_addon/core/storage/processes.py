# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell whether a process that wrote its number down is surely gone.

A number alone proves nothing: numbers are used again, and the same one means another process in a
container or on another computer. So a process is named with a text, :func:`process_started`, that
says where its number is valid and when it was started.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_PS_TIMEOUT_S = 5.0


def process_started(pid: int) -> str | None:
    """Return a text that no other process of this number has, here or elsewhere.

    ``<place>/<start time>``, both opaque. The place is where the number is valid: on Linux this
    boot and process namespace.

    :return: None where there is no such process, or the platform does not tell.
    """
    place = _place()
    started = _started(pid) if pid > 0 else None
    return f"{place}/{started}" if place and started else None


def is_alive(pid: int, started: str | None = None) -> bool:
    """Tell whether a process may still be there; False only where it is surely gone.

    A zombie is gone. A process that was started elsewhere (another boot, container or computer)
    cannot be seen from here and may be there.

    :param started: what :func:`process_started` said of it; without it the number alone decides.
    """
    if pid <= 0:
        return False
    if started is None:
        return _exists(pid)
    place, _, start_time = started.rpartition("/")
    if place != _place():
        return True
    now = _started(pid)
    return _exists(pid) if now is None else now == start_time


if sys.platform == "win32":
    import ctypes
    import winreg
    from ctypes import wintypes

    _SYNCHRONIZE = 0x00100000
    _QUERY_LIMITED_INFORMATION = 0x1000
    _WAIT_TIMEOUT = 0x102
    _ERROR_INVALID_PARAMETER = 87
    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.OpenProcess.restype = wintypes.HANDLE
    _kernel32.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    _kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)
    _kernel32.WaitForSingleObject.argtypes = (wintypes.HANDLE, wintypes.DWORD)
    _kernel32.WaitForSingleObject.restype = wintypes.DWORD
    _kernel32.GetProcessTimes.argtypes = (
        wintypes.HANDLE,
        *(ctypes.POINTER(wintypes.FILETIME),) * 4,
    )

    def _place() -> str:
        """Return the number that Windows gave this installation."""
        key = r"SOFTWARE\Microsoft\Cryptography"
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key, 0, access) as opened:
                return str(winreg.QueryValueEx(opened, "MachineGuid")[0])
        except OSError:
            return ""

    def _started(pid: int) -> str | None:
        handle = _kernel32.OpenProcess(_QUERY_LIMITED_INFORMATION | _SYNCHRONIZE, False, pid)
        if not handle:
            return None
        try:
            if _kernel32.WaitForSingleObject(handle, 0) != _WAIT_TIMEOUT:
                return None
            times = [wintypes.FILETIME() for _ in range(4)]
            if not _kernel32.GetProcessTimes(handle, *map(ctypes.byref, times)):
                return None
            return str(times[0].dwHighDateTime << 32 | times[0].dwLowDateTime)
        finally:
            _kernel32.CloseHandle(handle)

    def _exists(pid: int) -> bool:
        # Never os.kill here: on Windows it ends the process.
        handle = _kernel32.OpenProcess(_QUERY_LIMITED_INFORMATION | _SYNCHRONIZE, False, pid)
        if not handle:
            return ctypes.get_last_error() != _ERROR_INVALID_PARAMETER
        try:
            return bool(_kernel32.WaitForSingleObject(handle, 0) == _WAIT_TIMEOUT)
        finally:
            _kernel32.CloseHandle(handle)

else:

    def _place() -> str:
        """Return this boot, and on Linux this process namespace."""
        if sys.platform == "darwin":
            return _output("sysctl", "-n", "kern.bootsessionuuid")
        try:
            boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
            return f"{boot}/{os.readlink('/proc/self/ns/pid')}"
        except OSError:
            return ""

    def _started(pid: int) -> str | None:
        if sys.platform == "darwin":
            return _started_by_ps(pid)
        stat = _linux_stat(pid)
        return None if stat is None or stat[0] in "ZX" else stat[19]

    def _exists(pid: int) -> bool:
        if sys.platform == "darwin":
            if _started_by_ps(pid) is None:
                return False
        else:
            stat = _linux_stat(pid)
            if stat is not None and stat[0] in "ZX":
                return False
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            return True
        return True


def _linux_stat(pid: int) -> list[str] | None:
    """Return the members of ``/proc/<pid>/stat`` from the third, the state, on.

    None where it cannot be seen. The start time, member 22, is in clock ticks since boot.
    Source: proc_pid_stat(5).
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()  # the second member, the name, may hold anything


def _started_by_ps(pid: int) -> str | None:
    """Return the start time to the second, from ``ps``; None for a zombie, or where it fails."""
    state, _, started = _output("ps", "-o", "stat=,lstart=", "-p", str(pid)).partition(" ")
    return " ".join(started.split()) or None if not state.startswith("Z") else None


def _output(*command: str) -> str:
    """Return what a small system program prints; empty where it fails."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_PS_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
