"""Plays haptic commands on the actuators of a game controller or wearable: haptic to joy_feedback, and to UDP."""

from __future__ import annotations

from typing import Any

from sensor_msgs.msg import JoyFeedback, JoyFeedbackArray
from sportcoach_msgs.msg import Control, HapticCommand

from sportcoach_feedback.haptics import JOY_FEEDBACK_IDS
from sportcoach_feedback.messages import read_haptic
from sportcoach_feedback.vibrations import Vibrations
from sportcoach_feedback.wearable import REPEAT, Wearable
from sportcoach_perception.node_base import COMMANDS, NodeBase, run_node

TICK = 0.02
"""How exactly in time vibrations start and end [s]."""


class HapticNode(NodeBase):
    """Plays commands as intensities over time.

    What was on when an earlier process of this node died is switched off as soon as this one is active; a wearable
    switches itself off.
    """

    def __init__(self) -> None:
        super().__init__("haptic_node")
        self._vibrations = Vibrations()
        self._wearable: Wearable | None = None
        self._timer: Any = None
        self._ticks = 0
        self._muted = False

    def configure(self) -> None:
        """Make the publisher, and find the wearable."""
        self._feedback = self.publisher(JoyFeedbackArray, "joy_feedback", COMMANDS)
        address = self.parameter("wearable")
        self._wearable = Wearable(address) if address else None

    def activate(self) -> None:
        """Start listening."""
        if self.parameter("enabled"):
            self.subscribe(HapticCommand, "haptic", self._on_command, COMMANDS)
            self.subscribe(Control, "control", self._on_control, COMMANDS)
            self._timer = self.create_timer(TICK, self._play)
            self._timer.cancel()  # runs only while something vibrates
            self._send(dict.fromkeys(JOY_FEEDBACK_IDS, 0.0))

    def deactivate(self) -> None:
        """Switch everything off."""
        if self._timer is not None:
            self.destroy_timer(self._timer)
            self._timer = None
            self._send(self._vibrations.stop())

    def cleanup(self) -> None:
        """Let the wearable go."""
        if self._wearable is not None:
            self._wearable.close()
            self._wearable = None

    def _on_control(self, message: Control) -> None:
        if message.command in (Control.MUTE, Control.UNMUTE):
            self._muted = message.command == Control.MUTE
            if self._muted:
                self._send(self._vibrations.stop())

    def _on_command(self, message: HapticCommand) -> None:
        if self._muted:
            return
        command = read_haptic(message)
        if command.actuator not in JOY_FEEDBACK_IDS:
            self.get_logger().warning(f"no actuator '{command.actuator}'; there are {', '.join(JOY_FEEDBACK_IDS)}")
            return
        self._vibrations.play(command, self.get_clock().now().nanoseconds)
        self._timer.reset()
        self._play()

    def _play(self) -> None:
        changed = self._vibrations.step(self.get_clock().now().nanoseconds)
        self._ticks = 0 if changed else self._ticks + 1
        self._publish(changed)
        if self._wearable is not None and (changed or self._ticks * TICK >= REPEAT):
            self._ticks = 0
            self._wearable.send(self._vibrations.levels)
        if not self._vibrations.busy:
            self._timer.cancel()

    def _send(self, levels: dict[str, float]) -> None:
        self._publish(levels)
        if self._wearable is not None and levels:
            self._wearable.send(levels)

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
