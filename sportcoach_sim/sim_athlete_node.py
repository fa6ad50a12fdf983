"""The simulated athlete as a robot would see one: pictures, imu/<limb>/data and truth out, cues in."""

from __future__ import annotations

from collections import deque

from sensor_msgs.msg import Imu
from sportcoach_msgs.msg import Cue, TruthFrame

from sportcoach_perception.frames import ImageFrame, ImuSample
from sportcoach_perception.messages import fill_imu, stamp_of
from sportcoach_perception.node_base import run_node, sensor_qos
from sportcoach_perception.skeleton import LIMBS
from sportcoach_perception.source_node import SourceNode
from sportcoach_sim.athlete import Athlete, Observation, Truth
from sportcoach_sim.messages import fill_truth
from sportcoach_sim.render import check_drawing
from sportcoach_sim.trial import load_trial

IMU_QUEUE = 200


class SimAthleteNode(SourceNode):
    """An athlete who moves as time goes on, is seen and felt, and hears the coach."""

    def __init__(self) -> None:
        super().__init__("sim_athlete_node")
        self._heard: deque[tuple[str, int]] = deque(maxlen=16)

    def configure(self) -> None:
        """Read the trial, see that it can be drawn, make the publishers."""
        self._trial = load_trial(self.parameter("trial"))
        check_drawing()
        super().configure()
        self._imus = {limb: self.publisher(Imu, f"imu/{limb}/data", sensor_qos(IMU_QUEUE, True)) for limb in LIMBS}
        self._truth = self.publisher(TruthFrame, "truth")

    def activate(self) -> None:
        """Start to move, and to listen."""
        self.subscribe(Cue, "cue", self._on_cue)
        super().activate()

    def _on_cue(self, message: Cue) -> None:
        self._heard.append((message.fault, stamp_of(message.header.stamp)))

    def play(self) -> None:
        """Carry out the plan, or as much of it as fits into `duration`."""
        duration = round(self.parameter("duration") * 1e9) or None
        trial = self._trial
        # Here and not in `configure`: an OpenGL context belongs to the thread that made it.
        with Athlete(trial.subject, trial.plan, self.parameter("seed"), trial.scene, trial.world) as athlete:
            start: int | None = None
            for observation in athlete.observe():
                if start is None:  # only now: the first picture takes its time
                    start = self.get_clock().now().nanoseconds - observation.arrival
                if self.stopped or (duration is not None and observation.arrival >= duration):
                    return
                while self._heard:
                    fault, stamp = self._heard.popleft()
                    athlete.hear(fault, stamp - start)
                self.sleep_until(start + observation.arrival)
                self._publish(observation, start)

    def _publish(self, observation: Observation, start: int) -> None:
        data = observation.data
        if isinstance(data, ImageFrame):
            self.publish_picture(ImageFrame(start + data.stamp, data.image))
        elif isinstance(data, ImuSample):
            self._imus[data.limb].publish(fill_imu(Imu(), data, start + data.stamp))
        elif isinstance(data, Truth):
            self._truth.publish(fill_truth(TruthFrame(), data, start + data.stamp, self.parameter("frame_id")))


def main() -> None:
    """Entry point of sim_athlete_node."""
    run_node(SimAthleteNode)


if __name__ == "__main__":
    main()
