"""Plays haptic commands on the actuators of a game controller or wearable: haptic to joy_feedback."""

from __future__ import annotations

from collections import deque
from typing import Any

from sensor_msgs.msg import JoyFeedback, JoyFeedbackArray
from sportcoach_msgs.msg import Control, HapticCommand

from sportcoach_feedback.haptics import JOY_FEEDBACK_IDS
from sportcoach_feedback.messages import read_haptic
from sportcoach_feedback.vibration import waveform
from sportcoach_perception.node_base import COMMANDS, NodeBase, run_node

TICK = 0.02
"""How exactly in time vibrations start and end [s]."""

Change = tuple[int, float]


class HapticNode(NodeBase):
    """Turns commands into intensities over time; a new command for a limb replaces the one being played."""

    def __init__(self) -> None:
        super().__init__("haptic_node")
        self._playing: dict[str, deque[Change]] = {}
        self._timer: Any = None
        self._muted = False

    def configure(self) -> None:
        """Make the publisher."""
        self._feedback = self.publisher(JoyFeedbackArray, "joy_feedback", COMMANDS)

    def activate(self) -> None:
        """Start listening."""
        if self.parameter("enabled"):
            self.subscribe(HapticCommand, "haptic", self._on_command, COMMANDS)
            self.subscribe(Control, "control", self._on_control, COMMANDS)
            self._timer = self.create_timer(TICK, self._play)
            self._timer.cancel()  # runs only while something vibrates

    def deactivate(self) -> None:
        """Switch everything off."""
        if self._timer is not None:
            self.destroy_timer(self._timer)
            self._timer = None
            self._publish(dict.fromkeys(self._playing, 0.0))
            self._playing.clear()

    def _on_control(self, message: Control) -> None:
        if message.command in (Control.MUTE, Control.UNMUTE):
            self._muted = message.command == Control.MUTE

    def _on_command(self, message: HapticCommand) -> None:
        if self._muted:
            return
        command = read_haptic(message)
        if command.actuator not in JOY_FEEDBACK_IDS:
            self.get_logger().warning(f"no actuator '{command.actuator}'; there are {', '.join(JOY_FEEDBACK_IDS)}")
            return
        now = self.get_clock().now().nanoseconds
        self._playing[command.actuator] = deque((now + after, level) for after, level in waveform(command))
        self._timer.reset()
        self._play()

    def _play(self) -> None:
        now = self.get_clock().now().nanoseconds
        levels = {}
        for limb, changes in self._playing.items():
            while changes and changes[0][0] <= now:
                levels[limb] = changes.popleft()[1]
        self._playing = {limb: changes for limb, changes in self._playing.items() if changes}
        self._publish(levels)
        if not self._playing:
            self._timer.cancel()

    def _publish(self, levels: dict[str, float]) -> None:
        if levels:
            rumble = JoyFeedback.TYPE_RUMBLE
            self._feedback.publish(
                JoyFeedbackArray(
                    array=[
                        JoyFeedback(type=rumble, id=JOY_FEEDBACK_IDS[limb], intensity=level)
                        for limb, level in levels.items()
                    ]
                )
            )


def main() -> None:
    """Entry point of haptic_node."""
    run_node(HapticNode)


if __name__ == "__main__":
    main()
