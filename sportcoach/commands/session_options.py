"""Options of `sportcoach sessions`."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_session_commands(parser: argparse.ArgumentParser) -> None:
    """List, export and delete."""
    what = parser.add_subparsers(title="what to do", metavar="WHAT", required=True)
    listing = what.add_parser("list", help="sessions by athlete and exercise, the oldest first")
    listing.add_argument("athlete", nargs="?", default="", metavar="NAME", help="only of this athlete")
    listing.add_argument("--json", action="store_true", help="print a JSON list on stdout")
    export = what.add_parser("export", help="an athlete's sessions as CSV or JSON, progress as a page")
    export.add_argument("athlete", metavar="NAME", help="of whom")
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write: .csv, .json or .html")
    delete = what.add_parser("delete", help="delete all that is kept of an athlete, reports and recordings included")
    delete.add_argument("athlete", metavar="NAME", help="of whom")
    delete.add_argument("--yes", action="store_true", help="do not ask")
    for name, command in (("list", listing), ("export", export), ("delete", delete)):
        command.add_argument(
            "--store", type=Path, metavar="FILE", help="the list (default: sessions.db in the user's data folder)"
        )
        command.set_defaults(command="sessions", what=name)
