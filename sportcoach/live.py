"""What `sportcoach run` shows while it runs, and the summary at its end."""

from __future__ import annotations

from collections import Counter, deque
from statistics import fmean
from types import TracebackType
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sportcoach.report import summarize_exercises
from sportcoach.results import FrameResult
from sportcoach.session import Session
from sportcoach.wording import clock, grade, words
from sportcoach_feedback.coaching import Cue, JointDeviation
from sportcoach_recognition.action import NOBODY

REFRESH: Final = 250_000_000
"""Time between two pictures of the display [ns]."""

PLAIN_REFRESH: Final = 1_000_000_000
"""Time between two lines where there is no terminal [ns]."""

_WINDOW: Final = 2_000_000_000
"""Frame rate and latency are means over this time [ns]."""

_WIDTH: Final = 64
_STYLES: Final = {"good": "green", "fair": "yellow", "poor": "red", "unknown": "dim"}
_NONE: Final = "-"
_NO_ATHLETE: Final = "no athlete in view"


class LiveView:
    """A display that follows a session, redrawn four times a second; without a terminal, one plain line a second.

    The stamps of the frames are its clock.

    Args:
        title: what is being watched.
        console: where to show it; standard output by default.
    """

    def __init__(self, title: str, console: Console | None = None) -> None:
        self._title = title
        self._console = console or Console()
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._interval = REFRESH if self._console.is_terminal else PLAIN_REFRESH
        self._recent: deque[tuple[int, float]] = deque()
        self._start: int | None = None
        self._shown: int | None = None
        self._cue: Cue | None = None
        self._repetitions = _NONE

    def __enter__(self) -> LiveView:
        if self._console.is_terminal:
            self._live.start()
            self._live.update(self._framed(Text("starting", style="dim")), refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def note(self, line: str) -> None:
        """Print a line above the display."""
        self._console.print(Text(line), soft_wrap=True)

    def update(self, result: FrameResult) -> None:
        """Take the result of a frame; show it when it is time to."""
        stamp = result.skeleton.stamp
        if self._recent and stamp < self._recent[-1][0]:  # another driver's time was set back, a bag played in a loop
            self._recent.clear()
            self._start = self._shown = None
        self._start = stamp if self._start is None else self._start
        self._recent.append((stamp, result.latency))
        while stamp - self._recent[0][0] > _WINDOW:
            self._recent.popleft()
        self._cue = result.coaching.cue or self._cue
        if result.coaching.stage.exercise:
            self._repetitions = str(result.coaching.stage.repetitions)
        if self._shown is None or stamp - self._shown >= self._interval:
            self._shown = stamp
            if self._console.is_terminal:
                self._live.update(self._panel(result), refresh=True)
            else:
                self._console.print(Text(self._line(result)), soft_wrap=True)

    def _elapsed(self, stamp: int) -> float:
        return (stamp - (self._start or 0)) * 1e-9

    def _speed(self) -> str:
        """Frame rate and latency."""
        span = self._recent[-1][0] - self._recent[0][0]
        rate = (len(self._recent) - 1) / (span * 1e-9) if span else 0.0
        return f"{rate:.0f} fps, {fmean(latency for _, latency in self._recent) * 1e3:.0f} ms"

    def _line(self, result: FrameResult) -> str:
        stage = result.coaching.stage
        doing = _doing(result)
        if stage.exercise:
            doing += f" {stage.stage}, repetitions {stage.repetitions}"
        parts = [clock(self._elapsed(stage.stamp)), doing, _worst_joint(result)]
        if self._cue is not None and stage.stamp - self._cue.stamp < PLAIN_REFRESH:
            parts.append(f'cue "{self._cue.text}"')
        return "  ".join(part for part in (*parts, self._speed()) if part)

    def _panel(self, result: FrameResult) -> RenderableType:
        stage = result.coaching.stage
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="dim", width=12)
        grid.add_column(no_wrap=True)
        nobody = not result.skeleton.detected
        grid.add_row("Exercise", Text(_doing(result), style="bold yellow" if nobody else "bold cyan"))
        grid.add_row("Repetitions", Text(self._repetitions, style="bold"))
        grid.add_row("Stage", _stage_bar(stage.stage, stage.progress) if stage.exercise else Text(_NONE))
        off = _worst_joint(result)
        grid.add_row(
            "Worst joint", Text(off, style="red") if off else Text("in tolerance" if stage.exercise else _NONE)
        )
        grid.add_row("Last cue", self._last_cue(stage.stamp))
        foot = Text(f"{clock(self._elapsed(stage.stamp))}, {self._speed()}", style="dim", justify="right")
        return self._framed(Group(grid, foot))

    def _framed(self, content: RenderableType) -> RenderableType:
        return Panel(content, title=Text(f"sportcoach {self._title}", style="bold"), width=_WIDTH)

    def _last_cue(self, stamp: int) -> Text:
        if self._cue is None:
            return Text(_NONE)
        age = max(0, stamp - self._cue.stamp) // 1_000_000_000
        return Text.assemble(self._cue.text, (f"  {age} s ago", "dim"))


def _doing(result: FrameResult) -> str:
    if not result.skeleton.detected:
        return _NO_ATHLETE
    if result.coaching.stage.exercise:
        return words(result.coaching.stage.exercise)
    return "no exercise" if result.action.label != NOBODY else "looking"


def _worst_joint(result: FrameResult) -> str:
    """Name and deviation of the joint that is farthest out of tolerance, empty when none is."""
    off: list[JointDeviation] = [joint for joint in result.coaching.deviation.joints if not joint.in_tolerance]
    if not off:
        return ""
    worst = max(off, key=lambda joint: abs(joint.deviation))
    return f"{words(worst.joint)} {worst.deviation:+.0f}°"


def _stage_bar(stage: str, progress: float) -> RenderableType:
    bar = Table.grid(padding=(0, 1))
    bar.add_column(width=8)
    bar.add_row(stage, ProgressBar(total=1.0, completed=min(1.0, max(0.0, progress)), width=24, complete_style="cyan"))
    return bar


def print_summary(session: Session, console: Console | None = None) -> None:
    """Print a session in a few lines: a table of its exercises, then what the numbers rest on."""
    console = console or Console()
    summaries = summarize_exercises(session)
    if summaries:
        table = Table("Exercise", title=Text(session.source), title_justify="left", title_style="bold")
        for name in ("Repetitions", "Quality", "Tempo"):
            table.add_column(name, justify="right")
        table.add_column("Top fault")
        for summary in summaries:
            quality = _NONE if summary.quality is None else f"{100 * summary.quality:.0f}"
            tempo = _NONE if summary.tempo is None else f"{summary.tempo:.1f} s"
            count = f" in {summary.top_fault_count} of {summary.repetitions}"
            table.add_row(
                words(summary.exercise),
                str(summary.repetitions),
                Text(quality, style=_STYLES[grade(summary.quality)]),
                tempo,
                words(summary.top_fault) + count if summary.top_fault else _NONE,
            )
        console.print(table)
    else:
        seen = "no exercise recognised" if session.detected_fraction else _NO_ATHLETE
        console.print(Text.assemble((session.source, "bold"), f": {seen}"))
    for words_said, times in Counter(cue.text for cue in session.cues).most_common():
        console.print(Text.assemble((f"{times:>3} x ", "dim"), words_said), soft_wrap=True)
    console.print(Text(_facts(session), style="dim"), soft_wrap=True)


def _facts(session: Session) -> str:
    facts = [
        clock(session.duration_s),
        f"{session.frames_processed} of {session.frames} frames",
        f"athlete in view {100 * session.detected_fraction:.0f} %",
    ]
    latency = session.latency_ms
    if latency.p50 is not None and latency.p95 is not None:
        facts.append(f"latency {latency.p50:.0f} ms, 95 % within {latency.p95:.0f} ms")
    return ", ".join(facts)
