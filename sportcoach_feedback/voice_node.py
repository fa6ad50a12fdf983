"""Says voice commands aloud, or writes them to wav files."""

from __future__ import annotations

from pathlib import Path

from sportcoach_msgs.msg import Control, VoiceCommand

from sportcoach_feedback.messages import read_voice
from sportcoach_feedback.voice import Espeak, Speaker
from sportcoach_perception.errors import UserError
from sportcoach_perception.node_base import COMMANDS, NodeBase, run_node


class VoiceNode(NodeBase):
    """One Speaker behind a topic; without a voice it stays silent and says so once."""

    def __init__(self) -> None:
        super().__init__("voice_node")
        self._speaker: Speaker | None = None
        self._muted = False

    def configure(self) -> None:
        """Find a voice."""
        if not self.parameter("enabled"):
            return
        directory = self.parameter("directory")
        try:
            voice = Espeak(self.parameter("language"), Path(directory) if directory else None)
        except UserError as error:
            self.get_logger().warning(str(error))
            return
        self._speaker = Speaker(voice.arguments)

    def activate(self) -> None:
        """Start listening."""
        if self._speaker is not None:
            self.subscribe(VoiceCommand, "voice", self._on_command, COMMANDS)
            self.subscribe(Control, "control", self._on_control, COMMANDS)

    def cleanup(self) -> None:
        """Fall silent."""
        if self._speaker is not None:
            self._speaker.close()
            self._speaker = None

    def _on_command(self, message: VoiceCommand) -> None:
        if self._speaker is not None and not self._muted:
            self._speaker.say(read_voice(message))

    def _on_control(self, message: Control) -> None:
        if message.command in (Control.MUTE, Control.UNMUTE):
            self._muted = message.command == Control.MUTE


def main() -> None:
    """Entry point of voice_node."""
    run_node(VoiceNode)


if __name__ == "__main__":
    main()
