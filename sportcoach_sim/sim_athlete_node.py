"""The simulated athlete as a robot would see one: pictures, imu/<limb>/data and truth out, cues in."""

from __future__ import annotations

from collections import deque

from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Imu
from sportcoach_msgs.msg import Cue, Deviation, TruthFrame

from sportcoach_perception.frames import ImageFrame, ImuSample
from sportcoach_perception.messages import fill_imu, set_time, stamp_of
from sportcoach_perception.node_base import run_node, sensor_qos
from sportcoach_perception.skeleton import LIMBS
from sportcoach_perception.source_node import SourceNode
from sportcoach_sim.athlete import Athlete, Observation, Truth
from sportcoach_sim.messages import fill_truth
from sportcoach_sim.render import check_drawing
from sportcoach_sim.trial import load_trial

IMU_QUEUE = 200

SIMULATED_START = 1_000_000_000
"""When simulated time begins [ns]; 0 would mean that there is no time yet."""

CLOCK_PERIOD = 10_000_000
"""Simulated time is told this often [ns], and before every picture."""


LEAD = 1_000_000_000
"""Simulated time goes no further ahead of the coach's answers than this: it loses nothing on a slow machine [ns]."""

PATIENCE = 10.0
"""A coach who does not answer for this long is no longer waited for [s]."""

HOLD = 0.01
"""How often to look for an answer [s]."""


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
        simulated = self.parameter("clock") == "simulated"
        self._time = self.publisher(Clock, "/clock", sensor_qos(1, True)) if simulated else None
        self._told = 0
        self._answered: int | None = None

    def activate(self) -> None:
        """Start to move, and to listen."""
        self.subscribe(Cue, "cue", self._on_cue)
        if self._time is not None:
            self.subscribe(Deviation, "deviation", self._on_deviation)
        super().activate()

    def _on_cue(self, message: Cue) -> None:
        if message.severity != Cue.PRAISE:
            self._heard.append((message.fault, stamp_of(message.header.stamp)))

    def _on_deviation(self, message: Deviation) -> None:
        self._answered = stamp_of(message.header.stamp)

    def play(self) -> None:
        """Carry out the plan, or as much of it as fits into `duration`."""
        duration = round(self.parameter("duration") * 1e9) or None
        trial = self._trial
        rate = self.parameter("rate") if self._time else 1.0
        self._tell_time(SIMULATED_START, at_once=True)
        self._answered = SIMULATED_START if self._time and self.parameter("wait_for") else None
        # Here and not in `configure`: an OpenGL context belongs to the thread that made it.
        with Athlete(trial.subject, trial.plan, self.parameter("seed"), trial.scene, trial.world) as athlete:
            began: int | None = None
            for observation in athlete.observe():
                if began is None:  # only now: the first picture takes its time
                    began = self.get_clock().now().nanoseconds - round(observation.arrival / rate)
                    start = SIMULATED_START if self._time else began
                if self.stopped or (duration is not None and observation.arrival >= duration):
                    return
                while self._heard:
                    fault, stamp = self._heard.popleft()
                    athlete.hear(fault, stamp - start)
                self.sleep_until(began + round(observation.arrival / rate))
                self._wait_for_answer(start + observation.arrival - LEAD)
                self._tell_time(start + observation.arrival, at_once=isinstance(observation.data, Truth))
                self._publish(observation, start)

    def _tell_time(self, now: int, at_once: bool) -> None:
        """Move simulated time to `now` [ns], if it is simulated here and it is time to, or wanted `at_once`."""
        if self._time is not None and (at_once or now - self._told >= CLOCK_PERIOD):
            self._told = now
            message = Clock()
            set_time(message.clock, now)
            self._time.publish(message)

    def _wait_for_answer(self, stamp: int) -> None:
        """Hold simulated time until the coach has answered what it saw at `stamp` [ns]; no longer once it is silent."""
        waited, answered = 0.0, self._answered
        while answered is not None and answered < stamp and not self.stopped:
            self._stop.wait(HOLD)
            waited = waited + HOLD if self._answered == answered else 0.0
            answered = self._answered if waited < PATIENCE else None
        if answered is None:
            self._answered = None

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
