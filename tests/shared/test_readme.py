"""The README names what there is: variables, commands, and the release."""

import re
import tomllib
from pathlib import Path

from django.apps import apps

import outsourcing
from outsourcing import settings as module

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def table(heading: str) -> str:
    """The first table below a heading."""
    return re.split(r"\n\n(?!\|)", README.split(heading, 1)[1].split("|---|", 1)[1], maxsplit=1)[0]


def test_every_variable_that_is_read_is_named_and_no_other():
    named = set(re.findall(r"`([A-Z_]{3,})`(?=,| \|)", table("## Running it for real")))
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert {"SECRET_KEY", "IMPORTS_KEPT_DAYS"} <= set(module.env.dump())
    assert named == set(module.env.dump()) | set(re.findall(r"env\.\w+\(\"([A-Z_]+)\"", source))


def test_every_command_is_named():
    rooms = [Path(app.path) for app in apps.get_app_configs() if app.name in module.ROOMS]
    there = {path.stem for room in rooms for path in room.glob("management/commands/[!_]*.py")}
    named = set(re.findall(r"^\| `(\w+)", table("## Operating it"), re.MULTILINE))
    assert {"backup", "restore", "mail", "forget"} <= there
    assert named == there


def test_every_picture_that_is_shown_is_there_and_no_other():
    folder = ROOT / "static" / "pictures"
    shown = set(re.findall(r"static/pictures/[\w.]+", README))
    assert shown == {f"static/pictures/{path.name}" for path in folder.iterdir()}
    assert len(shown) == 6
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_200_000


def test_the_release_is_that_of_the_package():
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == outsourcing.RELEASE
