"""`python -m outsourcing`, with granian's options: the web.

The app is loaded before granian divides into its processes, so that they share what is loaded: a third less memory.
"""

import sys

from granian.cli import cli

import outsourcing.wsgi  # noqa: F401

if __name__ == "__main__":
    application = ["--interface", "wsgi", "outsourcing.wsgi:application"]
    cli([*application, *sys.argv[1:]], auto_envvar_prefix="GRANIAN")
