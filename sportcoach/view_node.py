"""Serves the live view of a graph as a web page, and passes on what people press there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from sportcoach_msgs.msg import Action, Control, Cue, Deviation, FusedFrame, Repetition, Skeleton, Stage

from sportcoach.view.server import ViewServer
from sportcoach.view.state import ViewState, anatomy
from sportcoach.watching_node import WatchingNode
from sportcoach_feedback.coach import AUTO
from sportcoach_feedback.exercise import load_exercises
from sportcoach_feedback.messages import read_cue, read_deviation, read_repetition, read_stage
from sportcoach_perception.messages import read_fused, read_skeleton, set_time, stamp_of
from sportcoach_perception.node_base import COMMANDS, run_node
from sportcoach_recognition.messages import read_action

READERS: dict[str, tuple[type, Callable[[Any], Any]]] = {
    "skeleton": (Skeleton, read_skeleton),
    "fused": (FusedFrame, read_fused),
    "action": (Action, read_action),
    "stage": (Stage, read_stage),
    "deviation": (Deviation, read_deviation),
}


class ViewNode(WatchingNode):
    """One ViewState between the topics and a ViewServer."""

    def __init__(self) -> None:
        super().__init__("view_node")
        self._server: ViewServer | None = None

    def configure(self) -> None:
        """Start the server."""
        folder = self.parameter("exercises")
        exercises = sorted(load_exercises(Path(folder) if folder else None))
        self._state = ViewState()
        self._session = {"active": True, "muted": False, "exercise": self.parameter("exercise")}
        self._controls = self.publisher(Control, "control", COMMANDS)
        self._server = ViewServer(
            self.parameter("host"),
            self.parameter("port"),
            self.parameter("token"),
            {**anatomy(), "exercises": exercises},
            self._wish,
        )
        self.get_logger().info(f"live view on {self._server.url}")
        self._allowed = {AUTO, *exercises}

    def activate(self) -> None:
        """Start listening."""
        for topic, (message_type, read) in READERS.items():
            self.subscribe(message_type, topic, self._on_part(topic, read))
        self.subscribe(Cue, "cue", lambda message: self._state.add_cue(read_cue(message)))
        self.subscribe(Repetition, "repetition", lambda message: self._state.add_repetition(read_repetition(message)))
        self.subscribe(Control, "control", self._on_control, COMMANDS)
        self.subscribe(DiagnosticArray, "/diagnostics", self._on_diagnostics, COMMANDS)
        self.watch()

    def cleanup(self) -> None:
        """Close the page."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def has_audience(self) -> bool:
        """Whether a page is open."""
        return self._server is not None and self._server.audience > 0

    def _on_part(self, topic: str, read: Callable[[Any], Any]) -> Callable[[Any], None]:
        def on_message(message: Any) -> None:
            stamp = stamp_of(message.header.stamp)
            frame = self._state.add(topic, stamp, read(message), self.get_clock().now().nanoseconds)
            if frame is not None and self._server is not None:
                self._server.publish({**frame, "session": self._session}, self.take_picture(stamp))

        return on_message

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        self._state.add_health({s.name: (s.level[0], s.message) for s in message.status})

    def _on_control(self, message: Control) -> None:
        """Also what others than this page want."""
        if message.command in (Control.START, Control.STOP):
            self._session["active"] = message.command == Control.START
        elif message.command in (Control.MUTE, Control.UNMUTE):
            self._session["muted"] = message.command == Control.MUTE
        elif message.command == Control.EXERCISE:
            self._session["exercise"] = message.value

    def _wish(self, command: str, value: str) -> None:
        """Pass on what somebody pressed; comes from the server's thread."""
        if command == Control.EXERCISE and value not in self._allowed:
            return
        message = Control(command=command, value=value)
        set_time(message.header.stamp, self.get_clock().now().nanoseconds)
        self._controls.publish(message)


def main() -> None:
    """Entry point of view_node."""
    run_node(ViewNode)


if __name__ == "__main__":
    main()
