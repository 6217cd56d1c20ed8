"""What must be in order before the app can start on this machine; each trouble ends in one sentence on what to do."""

import fcntl
import hashlib
import os
import shutil
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader

from outsourcing.shared.errors import Stop
from outsourcing.shared.postgres import MiB

ROOM = 300 * MiB


def make_room(folder: Path) -> None:
    """Make a folder below VAR_DIR. Raises Stop if it is not ours, cannot be written, or the disk is nearly full."""
    try:
        _make(folder)
        if folder.stat().st_uid != os.geteuid():
            raise Stop(f"{folder} belongs to somebody else: remove it, or set VAR_DIR to a folder of your own.")
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise Stop(
            f"{folder} cannot be written ({error.strerror}): make it writable, or set VAR_DIR to another."
        ) from None
    if (free := shutil.disk_usage(folder).free) < ROOM:
        raise Stop(f"{folder} has {free // MiB} MB left and {ROOM // MiB} MB are needed: free some, or set VAR_DIR.")


def _make(folder: Path) -> None:
    """Make it and what is missing above it, passable for the server's user too, whatever root's umask says."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing if os.geteuid() == 0 else []:
        one.chmod(0o755)


def make_broker_room() -> None:
    """The folders of the file system broker, where that is the broker."""
    for name, folder in getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {}).items():
        if "folder" in name:
            make_room(Path(folder))


def missing_migrations() -> int:
    """How many migrations the database lacks. Raises Stop where it has some of ours that this code does not know."""
    try:
        loader = MigrationLoader(connection)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Stop(f"The database does not answer ({reason}): start it, or unset DATABASE_URL.") from None
    labels = {app.label for app in apps.get_app_configs() if app.name in settings.ROOMS}
    unknown = sorted(key for key in loader.applied_migrations if key[0] in labels and key not in loader.disk_migrations)
    if unknown:
        raise Stop(
            f"The database is newer than this code, which does not know {'.'.join(unknown[-1])}: "
            "use the code that made it, or throw the demo's data away with make demo-reset."
        )
    return len(loader.disk_migrations.keys() - loader.applied_migrations.keys())


def collect_static() -> bool:
    """Collect, hash and compress the static files if any of them changed since; returns whether they did."""
    make_room(settings.STATIC_ROOT)
    with open(settings.STATIC_ROOT.with_suffix(".lock"), "w") as lock:  # one collects, whoever else waits
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _collect()


def _collect() -> bool:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = os.stat(storage.path(name))
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    stamp = settings.STATIC_ROOT / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest.hexdigest())
    return True
