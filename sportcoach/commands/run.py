"""sportcoach run: one live session, shown, recorded and summed up."""

from __future__ import annotations

import argparse
import sys
import threading
from dataclasses import replace
from pathlib import Path

from sportcoach.commands.options import graph_options
from sportcoach.follow import Follower, Outcome, exclusive
from sportcoach.graph import GraphOptions
from sportcoach.live import LiveView, print_summary
from sportcoach.output import default_folder, new_folder, write_session
from sportcoach.results import FrameResult
from sportcoach.session import Session, SessionLog
from sportcoach.session_store import BAG


def main(arguments: argparse.Namespace) -> int:
    """Run until the source ends or Ctrl-C; whatever was recorded until then is kept."""
    options = graph_options(arguments)
    name = source_name(options)
    with exclusive(options) as stop:
        folder = new_folder(arguments.out or default_folder(Path(name).stem.replace(",", "").replace(" ", "-")))
        options = replace(options, record=str((folder / BAG).resolve()))
        log = SessionLog(name, arguments.athlete)
        outcome = Outcome()
        try:
            outcome = _follow(options, log, stop)
        finally:  # whatever happens, what was seen is kept
            session = log.summary(outcome.frames or None)
            write_session(log, session, folder)
    print_summary(session)
    print(f"\nreport, session and recording are in {folder}")
    return _close(session, outcome)


def source_name(options: GraphOptions) -> str:
    """What is being watched, in words."""
    if options.source == "video":
        return Path(options.video).name
    if options.source == "sim":
        return f"simulated athlete, {Path(options.trial).stem}"
    if options.source == "bag":
        return Path(options.bag).resolve().name
    return f"camera {options.device}" if options.source == "camera" else "topics"


def _follow(options: GraphOptions, log: SessionLog, stop: threading.Event) -> Outcome:
    with LiveView(log.source) as view:

        def on_result(result: FrameResult) -> None:
            log.add(result)
            view.update(result)

        return Follower(options, on_result, lambda node, line: view.note(f"{node}: {line}")).run(stop)


def _close(session: Session, outcome: Outcome) -> int:
    if outcome.error:
        print(f"sportcoach: {outcome.error}", file=sys.stderr)
    elif session.frames_processed == 0:
        print("sportcoach: no pictures arrived", file=sys.stderr)
    elif session.detected_fraction == 0.0:
        print(f"sportcoach: no athlete in view in {session.source}", file=sys.stderr)
    return outcome.exit_code
