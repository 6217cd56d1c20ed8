"""The archive: a tar file that begins with what it is and ends with what must be in it.

    about.json      whose it is, when it was taken, by which release, with which migrations and how many rows
    database.dump   what pg_dump wrote, in its own compressed format
    files/<key>     the bytes of each file that a row names
    manifest.json   the size and SHA-256 of each of these

It is written under another name first: under its own it is whole, or not there.
"""

import fcntl
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from outsourcing.shared.disk import sync
from outsourcing.shared.errors import Stop

OURS, FORMAT = "a backup of Outsourcing", 1
ABOUT, DUMP, FILES, MANIFEST = "about.json", "database.dump", "files/", "manifest.json"
CHUNK = 1024 * 1024


@dataclass
class Writing:
    """An archive that is being written."""

    tar: tarfile.TarFile
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def about(self, facts: dict[str, Any]) -> None:
        self._text(ABOUT, {"what": OURS, "format": FORMAT, **facts})

    def part(self, name: str, path: Path) -> None:
        """Add the bytes at `path`. Raises OSError where they are not there."""
        with path.open("rb") as source:
            self._add(name, source, os.fstat(source.fileno()).st_size)

    def manifest(self, missing: list[str]) -> None:
        """The last part; `missing` are files whose bytes were gone already."""
        self._text(MANIFEST, {"parts": dict(self.parts), "missing": missing})

    def _text(self, name: str, facts: dict[str, Any]) -> None:
        text = json.dumps(facts, indent=1, sort_keys=True).encode() + b"\n"
        self._add(name, io.BytesIO(text), len(text))

    def _add(self, name: str, source: IO[bytes], size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        reading = Hashed(source)
        self.tar.addfile(info, reading)
        self.parts[name] = {"size": size, "sha256": reading.digest.hexdigest()}


class Hashed:
    """A source that is hashed while it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        read = self.source.read(size)
        self.digest.update(read)
        return read


@contextmanager
def writing(target: Path) -> Iterator[Writing]:
    """An archive that gets its name when it is whole, and leaves nothing behind on an error. Raises Stop.

    What a killed backup has left is written over by the next one to the same name.
    """
    half = target.with_name(f"{target.name}.half")
    if target.exists():
        raise Stop(f"{target} is there already: name another file.")
    try:
        descriptor = os.open(half, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Stop(f"{half} cannot be written ({error.strerror}): name a file in a folder that can.") from None
    with os.fdopen(descriptor, "r+b") as out:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(f"Another backup is writing {target} now: wait for it.") from None
        try:
            out.truncate()
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Writing(tar)
            out.flush()
            os.fsync(out.fileno())
            _name(half, target)
        finally:
            half.unlink(missing_ok=True)
    sync(target.parent)


def _name(half: Path, target: Path) -> None:
    """Give it its own name; never over a file that somebody has put there meanwhile."""
    try:
        os.link(half, target)
    except FileExistsError:
        raise Stop(f"{target} is there already: name another file.") from None
    except OSError:  # not every disk knows second names
        half.rename(target)


class Archive:
    """An archive that is read. Raises Stop where it is not ours, or of a later format."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.about: dict[str, Any] = {}
        self.parts: dict[str, dict[str, Any]] = {}
        with self._open() as tar:
            first = tar.next()
            if first is None or first.name != ABOUT or first.size > CHUNK:
                raise self._not_ours()
            self.about = self._read(tar, first)
        if self.about.get("what") != OURS:
            raise self._not_ours()
        if self.about.get("format") != FORMAT:
            raise Stop(f"{path} was written by a later release ({self.about.get('release')}): use that one.")

    def verify(self) -> None:
        """Read it through. Raises Stop where anything is missing, added, changed or cut off."""
        found: dict[str, dict[str, Any]] = {}
        manifest: dict[str, Any] = {}
        try:
            with self._open() as tar:
                for member in tar:
                    if manifest or not member.isreg() or member.name in found:
                        raise self._damaged(member.name)
                    if member.name == MANIFEST:
                        manifest = self._read(tar, member)
                    else:
                        found[member.name] = {"size": member.size, "sha256": self._digest(tar, member)}
        except (tarfile.TarError, OSError, EOFError) as error:
            raise self._damaged(str(error)) from None
        if not manifest:
            raise self._damaged("its end is missing")
        self.parts = manifest.get("parts") or {}
        differs = sorted(name for name in found.keys() | self.parts.keys() if found.get(name) != self.parts.get(name))
        if differs or DUMP not in found:
            raise self._damaged(", ".join(differs[:5]))

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """One part."""
        with self._open() as tar:
            yield self._source(tar, tar.getmember(name))

    def files(self) -> Iterator[tuple[str, IO[bytes]]]:
        """The key of each file and its bytes, in the order of the archive."""
        with self._open() as tar:
            for member in tar:
                if member.name.startswith(FILES):
                    yield member.name.removeprefix(FILES), self._source(tar, member)

    def _open(self) -> tarfile.TarFile:
        try:
            return tarfile.open(self.path, mode="r:")
        except FileNotFoundError:
            raise Stop(f"{self.path} is not there: name the file of a backup.") from None
        except tarfile.TarError:
            raise self._not_ours() from None
        except OSError as error:
            raise Stop(f"{self.path} cannot be read ({error.strerror}).") from None

    def _source(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
        source = tar.extractfile(member)
        assert source is not None
        return source

    def _read(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> dict[str, Any]:
        found: Any = None
        with suppress(ValueError):
            found = json.loads(self._source(tar, member).read())
        return found if isinstance(found, dict) else {}

    def _digest(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
        source, digest, size = self._source(tar, member), hashlib.sha256(), 0
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
        if size != member.size:
            raise self._damaged(member.name)
        return digest.hexdigest()

    def _not_ours(self) -> Stop:
        return Stop(f"{self.path} is no backup of this app: name one that manage.py backup has written.")

    def _damaged(self, what: str) -> Stop:
        return Stop(f"{self.path} is damaged ({what}): nothing was restored; take another backup.")
