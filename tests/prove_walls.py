# ruff: noqa: T201  (it is a program for the terminal)
"""Takes each `visible_to` of the code away, one by one, in a copy of the tree: tests/test_access.py must fail.

Exit code 1 if one of them is not missed, or if the walk fails before anything was taken away. With `--roles` the roles
of each `acts_as` and `acts_on` are taken away too. Run it with `make prove`.
"""

import argparse
import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("outsourcing", "vendors", "milestones")
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", "node_modules")
SECONDS = 240  # for one run of the walk
DONE, FAILED = 0, 1  # of pytest's exit codes; every other means that nothing was proven


@dataclass(frozen=True)
class Wall:
    """One place to take away: in the lines from `first` to `last` of a file, what is there becomes `instead`."""

    path: Path
    name: str
    first: int
    last: int
    instead: str

    def taken_from(self, source: str) -> str:
        lines = source.splitlines(keepends=True)
        lines[self.first - 1 : self.last] = [self.instead]
        return "".join(lines)


def filters(path: Path, tree: ast.Module) -> Iterator[Wall]:
    """Every method visible_to, as one that shows everything."""
    for owner in ast.walk(tree):
        for method in owner.body if isinstance(owner, ast.ClassDef) else []:
            if isinstance(method, ast.FunctionDef) and method.name == "visible_to":
                first, last = method.body[0], method.body[-1]
                instead = " " * first.col_offset + "return self.all()\n"
                yield Wall(path, f"{owner.name}.visible_to", first.lineno, last.end_lineno or last.lineno, instead)


def roles(path: Path, tree: ast.Module) -> Iterator[Wall]:
    """Every acts_as(...) and acts_on(Model, ...) that names roles, without them."""
    for view in ast.walk(tree):
        for call in view.decorator_list if isinstance(view, ast.FunctionDef) else []:
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in ("acts_as", "acts_on")
            ):
                kept = call.args[: call.func.id == "acts_on"]
                if len(call.args) > len(kept):
                    instead = f"@{call.func.id}({', '.join(map(ast.unparse, kept))})\n"
                    yield Wall(path, f"roles of {view.name}", call.lineno, call.end_lineno or call.lineno, instead)


def walls(*finders) -> list[Wall]:
    found = []
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        tree = ast.parse(path.read_text())
        found += [wall for finder in finders for wall in finder(path.relative_to(ROOT), tree)]
    return found


def walk(tree: Path, *options: str) -> tuple[int | None, str]:
    """Pytest's exit code over a copy, None where it took too long, and what it said."""
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "tests/test_access.py", "-rf", "-p", "no:cacheprovider", *options],
        cwd=tree,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        said, _ = run.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGTERM)
        said, _ = run.communicate()
        return None, said
    except BaseException:  # Ctrl+C too: nothing of ours stays behind
        os.killpg(run.pid, signal.SIGTERM)
        run.communicate()
        raise
    return run.returncode, said


def failures(said: str) -> list[str]:
    return sorted(set(re.findall(r"^FAILED tests/test_access\.py::(.+?)(?: - .*)?$", said, re.MULTILINE)))


def verdict(code: int | None, said: str) -> str:
    """What a run over a tree with a hole says about the walk."""
    if code == FAILED and failures(said):
        return f"caught      by {failures(said)[0]}"
    if code == DONE:
        return "NOT CAUGHT"
    return (
        "NOT CAUGHT  (it took too long)" if code is None else f"NOT CAUGHT  (pytest ended with {code}):\n{said[-2000:]}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--roles", action="store_true", help="take the roles of the views away too")
    parser.add_argument("--only", default="", help="only those whose name contains this")
    chosen = parser.parse_args()
    found = [wall for wall in walls(filters, *([roles] if chosen.roles else [])) if chosen.only in wall.name]
    if not found:
        print("There is no visible_to to take away.")
        return 1
    with tempfile.TemporaryDirectory(prefix="outsourcing-prove-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        os.chmod(folder, 0o711)  # where we are root, the database runs as nobody and has to pass
        print(
            f"First the walk over the code as it stands; then over {len(found)} copies, each without one wall.",
            flush=True,
        )
        began = time.monotonic()
        code, said = walk(copy, "-n", "2")
        if code != DONE:
            print(said[-4000:], "\nThe walk fails before anything is taken away: nothing can be proven.", sep="\n")
            return 1
        print(f"  as it stands                          passes      ({time.monotonic() - began:.0f} s)", flush=True)
        survived = 0
        for wall in found:
            target = copy / wall.path
            whole = target.read_text()
            target.write_text(wall.taken_from(whole))
            code, said = walk(copy, "-x")  # in one process: several end with another code
            target.write_text(whole)
            told = verdict(code, said)
            survived += not told.startswith("caught")
            print(f"  {wall.name:<37} {told}   [{wall.path}:{wall.first}]", flush=True)
    print(f"{len(found) - survived} of {len(found)} are missed by the walk when they are gone.")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
