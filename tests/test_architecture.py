"""Imports run one way: engine <- content, world, sessions <- channels <- app <- cli."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BOTTOM = {"bot.errors", "bot.files", "bot.yamlfile"}

# Which rooms each room may import from, besides itself.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "collector": set(),
    "files": set(),
    "yamlfile": {"bot.errors", "bot.files"},
    "engine": set(),
    "content": BOTTOM | {"bot.engine"},
    "world": BOTTOM | {"bot.engine"},
    "sessions": BOTTOM | {"bot.engine"},
    "serving": {"bot.errors"},
    "config": BOTTOM | {"bot.world", "bot.serving"},
    "channels": BOTTOM | {"bot.engine", "bot.sessions", "bot.serving"},
    "world_watch": BOTTOM | {"bot.engine"},
    "checked": BOTTOM | {"bot.engine", "bot.content", "bot.world", "bot.config"},
    "status": BOTTOM | {"bot.world", "bot.world_watch"},
    "monitoring": BOTTOM
    | {"bot.engine", "bot.world", "bot.config", "bot.world_watch", "bot.status", "bot.channels.counting"}
    | {"bot.serving"},
    "app": BOTTOM
    | {"bot.engine", "bot.content", "bot.world", "bot.sessions", "bot.channels", "bot.config", "bot.world_watch"}
    | {"bot.checked", "bot.status", "bot.serving", "bot.monitoring", "bot.collector"},
    "cli": BOTTOM
    | {"bot.app", "bot.engine", "bot.content", "bot.world", "bot.sessions", "bot.channels", "bot.config"}
    | {"bot.checked", "bot.status"},
    "__main__": {"bot.cli"},
}
# The engine computes; wording needs CLDR for dates, numbers, lists and plurals, and nothing else.
ENGINE_THIRD_PARTY = {"babel"}
ENGINE_FORBIDDEN = {"asyncio", "socket", "time", "random", "os", "pathlib", "logging", "sqlite3"}

MODULES = sorted((ROOT / "bot").rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    """The full names of all modules that a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports with their full name"
            module = node.module or ""
            if module == "bot":
                found |= {f"bot.{alias.name}" for alias in node.names}
            else:
                found.add(module)
    return found


def room_of(path: Path) -> str:
    first = path.relative_to(ROOT / "bot").parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    allowed = MAY_IMPORT[room] | {f"bot.{room}"}
    ours = {name for name in imports_of(path) if name == "bot" or name.startswith("bot.")}
    wrong = {name for name in ours if not any(name == one or name.startswith(f"{one}.") for one in allowed)}
    assert not wrong, f"{room} must not import {', '.join(sorted(wrong))}"


@pytest.mark.parametrize("path", sorted((ROOT / "bot/engine").glob("*.py")), ids=lambda path: path.name)
def test_the_engine_does_no_input_or_output_and_has_no_clock(path: Path) -> None:
    import sys

    outside = {name.split(".")[0] for name in imports_of(path)} - {"bot", "__future__"}
    assert not outside & ENGINE_FORBIDDEN
    assert {name for name in outside if name not in sys.stdlib_module_names} <= ENGINE_THIRD_PARTY


def test_the_reader_of_the_index_needs_no_build_dependency() -> None:
    for path in (ROOT / "bot").rglob("*.py"):
        if "build" not in path.parts:
            assert not {name.split(".")[0] for name in imports_of(path)} & {"numpy", "shapely", "pyproj"}, path


def test_every_module_says_what_it_is_for() -> None:
    for path in MODULES:
        if path.name != "__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{path} has no docstring"
