# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time every function of the extension that Blender calls, for ``benchmarks/stall.py``.

Runs in Blender, which looks methods of registered classes up by name at each call: those are
exchanged on the classes. Callbacks of properties are exchanged while their classes are registered,
timers in ``bpy.app.timers``, handlers and what is appended to menus in Blender's own lists.
"""

from __future__ import annotations

import functools
import statistics
import sys
import time
import types
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import bpy

Function = Callable[..., Any]

METHODS: dict[Any, tuple[str, ...]] = {
    bpy.types.Panel: ("poll", "draw", "draw_header", "draw_header_preset"),
    bpy.types.UIList: ("draw_item", "draw_filter", "filter_items"),
    bpy.types.Menu: ("poll", "draw"),
    bpy.types.Header: ("draw",),
    bpy.types.AddonPreferences: ("draw",),
    bpy.types.Operator: (
        *("poll", "invoke", "execute", "modal", "draw", "cancel", "check", "description"),
    ),
}
ROLES = ("update", "items", "search", "get", "set")
SHAPES: dict[int, Function] = {
    # Blender hands a function as many arguments as it has parameters.
    1: lambda timed: lambda a: timed(a),
    2: lambda timed: lambda a, b: timed(a, b),
    3: lambda timed: lambda a, b, c: timed(a, b, c),
    4: lambda timed: lambda a, b, c, d: timed(a, b, c, d),
    7: lambda timed: lambda a, b, c, d, e, f, g: timed(a, b, c, d, e, f, g),
    8: lambda timed: lambda a, b, c, d, e, f, g, h: timed(a, b, c, d, e, f, g, h),
    9: lambda timed: lambda a, b, c, d, e, f, g, h, i: timed(a, b, c, d, e, f, g, h, i),
    10: lambda timed: lambda a, b, c, d, e, f, g, h, i, j: timed(a, b, c, d, e, f, g, h, i, j),
}
PROPERTIES = [name for name in dir(bpy.props) if name.endswith("Property")]
SAVE = "snapshot_save"


class Stopwatch:
    """Keeps the longest call of every callback.

    :ivar scenario: what is going on; part of the key.
    :ivar worst: by scenario, kind and name: seconds of processor, and on the wall.
    """

    def __init__(self) -> None:
        self.scenario = "start"
        self.worst: dict[tuple[str, str, str], list[float]] = {}
        self.counts: dict[str, int] = defaultdict(int)
        self.tab_s: dict[str, list[float]] = defaultdict(list)
        self.rows_s: list[float] = []
        self._left_out: list[list[float]] = []
        self._rows_now: list[float] = []

    def timed(self, kind: str, name: str, function: Function) -> Function:
        """Return a function that does the same, under the watch."""

        @functools.wraps(function)
        def call(*arguments: Any, **options: Any) -> Any:
            left_out = [0.0, 0.0]
            self._left_out.append(left_out)
            rows_before = len(self._rows_now)
            wall, cpu = time.perf_counter(), time.thread_time()
            try:
                return function(*arguments, **options)
            finally:
                cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
                self._left_out.pop()
                self._note(kind, name, cpu - left_out[0], wall - left_out[1])
                if kind == SAVE:
                    for outer in self._left_out:
                        outer[0] += cpu
                        outer[1] += wall
                elif kind == "list_draw_item":
                    self._rows_now.append(cpu)
                elif kind == "panel_draw":
                    self._drawn(name, cpu, rows_before)

        return call

    def _note(self, kind: str, name: str, cpu_s: float, wall_s: float) -> None:
        self.counts[kind] += 1
        worst = self.worst.setdefault((self.scenario, kind, name), [0.0, 0.0])
        worst[0] = max(worst[0], cpu_s)
        worst[1] = max(worst[1], wall_s)

    def _drawn(self, panel: str, cpu_s: float, rows_before: int) -> None:
        self.tab_s[panel].append(cpu_s)
        if panel == "FARM_PT_jobs" and len(self._rows_now) > rows_before:
            self.rows_s.append(sum(self._rows_now[rows_before:]))
        if rows_before == 0:
            self._rows_now.clear()

    def forget_draws(self) -> None:
        """Forget how long rows and panels took; the longest calls stay."""
        self.tab_s.clear()
        self.rows_s.clear()

    def report(self) -> dict[str, Any]:
        """Return everything as JSON; medians for the rows and the tab."""
        return {
            "worst": [[*key, *seconds] for key, seconds in self.worst.items()],
            "counts": dict(self.counts),
            "rows_draw_s": statistics.median(self.rows_s) if self.rows_s else None,
            "tab_draw_s": sum(statistics.median(one) for one in self.tab_s.values()),
            "panels_s": {name: statistics.median(one) for name, one in self.tab_s.items()},
        }


def watch_extension(package: str) -> Stopwatch:
    """Register the extension anew with every callback under a watch."""
    watch = Stopwatch()
    farm = sys.modules[package]
    farm.unregister()
    for module in _modules(package):
        _exchange_properties(watch, module)
        if save := getattr(module, "save_snapshot", None):
            module.save_snapshot = watch.timed(SAVE, "save_snapshot", save)
    _exchange_timers(watch, package)
    farm.register()
    for module in _modules(package):
        for cls in _classes(module):
            _exchange_methods(watch, cls)
    _exchange_handlers(watch, package)
    _exchange_appended(watch, package)
    return watch


def _modules(package: str) -> list[types.ModuleType]:
    inside = f"{package}.blender"
    return [one for name, one in list(sys.modules.items()) if name.startswith(inside)]


def _classes(module: types.ModuleType) -> Iterator[Any]:
    for one in vars(module).values():
        if isinstance(one, type) and one.__module__ == module.__name__ and _kind_of(one):
            yield one


def _kind_of(cls: Any) -> Any:
    return next((base for base in METHODS if issubclass(cls, base) and cls is not base), None)


def _exchange_methods(watch: Stopwatch, cls: Any) -> None:
    base = _kind_of(cls)
    room = {bpy.types.UIList: "list", bpy.types.AddonPreferences: "preferences"}
    for name in METHODS[base]:
        method = getattr(cls, name, None)
        function = getattr(method, "__func__", method)
        if not isinstance(function, types.FunctionType) or not _is_ours(function, cls.__module__):
            continue
        kind = f"{room.get(base, base.__name__.lower())}_{name}"
        timed = _shaped(watch.timed(kind, cls.__name__, function), function)
        is_class_method = isinstance(method, types.MethodType)
        setattr(cls, name, classmethod(timed) if is_class_method else timed)


def _shaped(timed: Function, function: Function) -> Function:
    """Return a timed function with as many parameters as the original has."""
    shaped: Function = SHAPES[function.__code__.co_argcount](timed)
    return shaped


def _is_ours(function: Function, module: str) -> bool:
    return function.__module__.partition(".blender.")[0] == module.partition(".blender.")[0]


def _exchange_properties(watch: Stopwatch, module: types.ModuleType) -> None:
    for name in PROPERTIES:
        definition = getattr(module, name, None)
        if definition is not None:
            setattr(module, name, _watched_property(watch, definition))


def _watched_property(watch: Stopwatch, definition: Function) -> Function:
    def define(**options: Any) -> Any:
        for role in ROLES:
            function = options.get(role)
            if isinstance(function, types.FunctionType):
                timed = watch.timed(f"property_{role}", function.__qualname__, function)
                options[role] = _shaped(timed, function)
        return definition(**options)

    return define


def _exchange_timers(watch: Stopwatch, package: str) -> None:
    timers: Any = bpy.app.timers
    register, unregister, is_registered = (
        timers.register,
        timers.unregister,
        timers.is_registered,
    )
    known: dict[Function, Function] = {}

    def watched(function: Function) -> Function:
        if not getattr(function, "__module__", "").startswith(package):
            return function
        if function not in known:
            known[function] = watch.timed("timer", function.__qualname__, function)
        return known[function]

    timers.register = lambda function, **options: register(watched(function), **options)
    timers.unregister = lambda function: unregister(watched(function))
    timers.is_registered = lambda function: is_registered(watched(function))


def _exchange_handlers(watch: Stopwatch, package: str) -> None:
    for name in dir(bpy.app.handlers):
        handlers = getattr(bpy.app.handlers, name)
        if isinstance(handlers, list):
            for index, function in enumerate(handlers):
                if getattr(function, "__module__", "").startswith(package):
                    handlers[index] = watch.timed(f"handler_{name}", function.__name__, function)


def _exchange_appended(watch: Stopwatch, package: str) -> None:
    for name in dir(bpy.types):
        draw = getattr(getattr(bpy.types, name), "__dict__", {}).get("draw")
        functions = getattr(draw, "_draw_funcs", [])
        for index, function in enumerate(functions):
            if getattr(function, "__module__", "").startswith(package):
                functions[index] = watch.timed("menu_draw", f"{name} {function.__name__}", function)
