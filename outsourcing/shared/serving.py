"""How the web processes are started, for the demo, the benchmarks and the browser tests alike."""

import errno
import http.client
import socket
import sys
import urllib.request

from outsourcing.shared.errors import Stop


def web_command(port: int, workers: int, application: str | None = None) -> list[str]:
    """granian over a WSGI application, ours if no other is named, on this machine's own address only."""
    return [
        *(sys.executable, "-m", *(("granian", "--interface", "wsgi", application) if application else ["outsourcing"])),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(workers), "--blocking-threads", "2"),
        *("--no-ws", "--workers-kill-timeout", "5", "--log-level", "warning"),
    ]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def see_that_port_is_free(port: int) -> None:
    """Raises Stop where somebody else uses it."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):  # browsers try both for localhost
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError:
                raise Stop(f"Port {port} is for the system only: choose another, say make demo PORT=8001.") from None
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    other = port % 65535 + 1
                    raise Stop(f"Port {port} is taken: choose another, for example make demo PORT={other}.") from None


def answers(address: str) -> bool:
    """Whether a GET of `address` is answered with 200."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False
