"""Says what the athlete is doing: fused to action."""

from __future__ import annotations

from sportcoach_msgs.msg import Action, FusedFrame

from sportcoach_perception.messages import read_fused
from sportcoach_perception.node_base import NodeBase, run_node
from sportcoach_recognition.messages import fill_action
from sportcoach_recognition.recognizer import Recognizer


class RecognitionNode(NodeBase):
    """One Recognizer between two topics."""

    def __init__(self) -> None:
        super().__init__("recognition_node")

    def configure(self) -> None:
        """Load the network."""
        self._recognizer = Recognizer.load(self.parameter("weights") or None)
        self._actions = self.publisher(Action, "action")

    def activate(self) -> None:
        """Start listening to fused frames."""
        self._recognizer.reset()
        self._health = self.report_stage("recognition")
        self.subscribe(FusedFrame, "fused", self._on_fused)

    def _on_fused(self, message: FusedFrame) -> None:
        action = self._recognizer.step(read_fused(message))
        self._actions.publish(fill_action(Action(), action, message.header.frame_id))
        self._health.passed(action.stamp)


def main() -> None:
    """Entry point of recognition_node."""
    run_node(RecognitionNode)


if __name__ == "__main__":
    main()
