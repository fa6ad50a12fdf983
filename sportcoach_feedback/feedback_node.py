"""The coach: fused and action to stage, deviation, repetition and cue; the cue to voice and haptic commands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sportcoach_msgs import msg

from sportcoach_feedback.calibration import Athletes, default_folder
from sportcoach_feedback.coach import Coach
from sportcoach_feedback.coaching import Coaching, Cue
from sportcoach_feedback.exercise import load_exercises
from sportcoach_feedback.haptics import haptic_command
from sportcoach_feedback.messages import (
    fill_cue,
    fill_deviation,
    fill_haptic,
    fill_repetition,
    fill_stage,
    fill_voice,
    read_control,
)
from sportcoach_feedback.phrasing import Endpoint, Phraser
from sportcoach_feedback.voice import voice_command
from sportcoach_perception.errors import UserError
from sportcoach_perception.messages import read_fused, stamp_of
from sportcoach_perception.node_base import COMMANDS, NodeBase, run_node
from sportcoach_perception.stamp_join import StampJoin
from sportcoach_recognition.messages import read_action

FUSED, ACTION = 0, 1


class FeedbackNode(NodeBase):
    """One Coach behind the join of frames and decisions."""

    def __init__(self) -> None:
        super().__init__("feedback_node")

    def configure(self) -> None:
        """Load the exercises."""
        folder = self.parameter("exercises")
        exercises = load_exercises(Path(folder) if folder else None)
        self._athlete, self._athletes = self.parameter("athlete"), Athletes(self._folder())
        self._calibration = self._athletes.load(self._athlete) if self._athlete else None
        self._coach = Coach(
            exercises,
            self.parameter("exercise"),
            self.parameter("language"),
            self.parameter("threshold"),
            self._calibration,
        )
        url = self.parameter("phrasing_url")
        endpoint = Endpoint(url, self.parameter("phrasing_model"), self.parameter("phrasing_deadline")) if url else None
        self._phraser = Phraser(endpoint, self.parameter("language")) if endpoint else None
        self._stages = self.publisher(msg.Stage, "stage")
        self._deviations = self.publisher(msg.Deviation, "deviation")
        self._repetitions = self.publisher(msg.Repetition, "repetition")
        self._cues = self.publisher(msg.Cue, "cue")
        self._voice = self.publisher(msg.VoiceCommand, "voice", COMMANDS)
        self._haptic = self.publisher(msg.HapticCommand, "haptic", COMMANDS)

    def _folder(self) -> Path:
        folder = self.parameter("athletes")
        return Path(folder) if folder else default_folder()

    def activate(self) -> None:
        """Start listening."""
        self._coach.reset()
        self._join = StampJoin(2)
        self._health = self.report_stage("coaching")
        self.subscribe(msg.FusedFrame, "fused", self._on_fused)
        self.subscribe(msg.Action, "action", self._on_action)
        self.subscribe(msg.Control, "control", self._on_control, COMMANDS)

    def _on_fused(self, message: msg.FusedFrame) -> None:
        self._add(FUSED, message)

    def _on_action(self, message: msg.Action) -> None:
        self._add(ACTION, message)

    def _on_control(self, message: msg.Control) -> None:
        try:
            self._coach.control(read_control(message))
        except UserError as error:
            self.get_logger().warning(str(error))

    def _add(self, stream: int, message: msg.FusedFrame | msg.Action) -> None:
        pair = self._join.add(stream, stamp_of(message.header.stamp), message)
        if pair is not None:
            coaching = self._coach.step(read_fused(pair[FUSED]), read_action(pair[ACTION]))
            self._publish(coaching)
            self._health.passed(coaching.stage.stamp)
            self._keep_calibration()

    def _keep_calibration(self) -> None:
        if self._coach.calibration is self._calibration:
            return
        self._calibration = self._coach.calibration
        self.get_logger().info("calibrated to the athlete")
        if self._athlete and self._calibration:
            try:
                self._athletes.keep(self._athlete, self._calibration)
            except UserError as error:
                self.get_logger().warning(str(error))

    def _publish(self, coaching: Coaching) -> None:
        for repetition in coaching.repetitions:
            self._repetitions.publish(fill_repetition(msg.Repetition(), repetition, msg.Fault))
        if coaching.cue is not None:
            self._publish_cue(coaching.cue)
        self._stages.publish(fill_stage(msg.Stage(), coaching.stage))
        self._deviations.publish(fill_deviation(msg.Deviation(), coaching.deviation, msg.JointDeviation, msg.Fault))

    def _publish_cue(self, cue: Cue) -> None:
        self._cues.publish(fill_cue(msg.Cue(), cue))
        if self._phraser is None:
            self._say(cue)
        else:
            self._phraser.say(cue, lambda text: self._say(replace(cue, text=text)))
        command = haptic_command(cue)
        if command is not None:
            self._haptic.publish(fill_haptic(msg.HapticCommand(), command))

    def _say(self, cue: Cue) -> None:
        self._voice.publish(fill_voice(msg.VoiceCommand(), voice_command(cue)))


def main() -> None:
    """Entry point of feedback_node."""
    run_node(FeedbackNode)


if __name__ == "__main__":
    main()
