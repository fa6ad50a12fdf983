"""The simulated athlete: follows a plan, is observed by camera and IMUs, hears the coach and corrects what it can."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import mujoco
import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.angles import Angles, joint_angles
from sportcoach_perception.frames import ImageFrame, ImuSample, Skeleton
from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim.body import mjcf
from sportcoach_sim.choreography import Choreographer
from sportcoach_sim.imu import RATE, ImuReader, ImuSensor, sample_mounts
from sportcoach_sim.kinematics import Kinematics
from sportcoach_sim.landmarks import LandmarkReader
from sportcoach_sim.motion import Segment, Wobble
from sportcoach_sim.movement import movement
from sportcoach_sim.path import Path
from sportcoach_sim.plan import Away, Plan, PlannedSet
from sportcoach_sim.posture import PoseSolver
from sportcoach_sim.reaction import Ears
from sportcoach_sim.render import Renderer
from sportcoach_sim.rotations import Array
from sportcoach_sim.scene import HEIGHT, WIDTH, Scene
from sportcoach_sim.subject import Subject
from sportcoach_sim.world import ImuLink, LinkFaults, PictureSpoiler, World

FRAME_RATE: Final = 30.0
BLUR_STEPS: Final = 6
"""Pictures that are averaged to one with motion blur."""

ONSET: Final = 0.1
"""Progress up to which a repetition is beginning."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What really is, at `stamp` [ns].

    skeleton: exact landmarks, their visibility telling only whether they are inside the picture.
    angles: (A,) degrees, in the order of `sportcoach_perception.angles.ANGLES`.
    action: label of the recognition; movement: what it is in detail, empty on the way from one to another.
    stage: idle, begin, execute or end; progress: 0 starting posture, 1 turning point.
    repetition: number within the set, 0 while none is under way.
    faults: magnitude of the faults in this repetition.
    """

    stamp: int
    skeleton: Skeleton
    angles: Angles
    action: str
    movement: str
    stage: str
    progress: float
    repetition: int
    faults: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Observation:
    """A picture, a sensor's reading or the truth, when it arrives and of when it is [ns].

    The stamps inside are the sensors' own.
    """

    arrival: int
    data: ImageFrame | ImuSample | Truth
    time: int


class Athlete:
    """One athlete in one room, following a plan. The same arguments (and cues) give the same bytes.

    Args:
        subject: who.
        plan: what to do.
        seed: of everything random.
        scene: where, and seen from where.
        world: what is wrong with camera and sensors.
        frame_rate: pictures per second.
        draw: False leaves out the pictures and needs no OpenGL.

    Attributes:
        model: the MuJoCo model.

    Raises:
        UserError: pictures are wanted and cannot be drawn here.
    """

    def __init__(
        self,
        subject: Subject,
        plan: Plan,
        seed: int,
        scene: Scene | None = None,
        world: World | None = None,
        frame_rate: float = FRAME_RATE,
        draw: bool = True,
    ) -> None:
        mounting, moving, wobbling, sensing, linking, seeing = (
            np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(6)
        )
        self._plan, self._frame_rate, self._world = plan, frame_rate, world or World()
        scene = scene or Scene()
        self.model = mujoco.MjModel.from_xml_string(mjcf(subject, scene, sample_mounts(mounting)))
        self._data = mujoco.MjData(self.model)
        self._kinematics, self._solver = Kinematics(self.model, subject), PoseSolver(subject)
        self._wobble = Wobble(wobbling, subject.variability)
        self._choreographer = Choreographer(subject, moving)
        self._ears = Ears(subject)
        self._landmarks = LandmarkReader(self.model)
        self._reader = ImuReader(self.model)
        self._sensors = {limb: ImuSensor(sensing) for limb in LIMBS}
        links = self._world.links
        self._links = {limb: ImuLink(links.get(limb, LinkFaults()), linking, 1.0 / RATE) for limb in LIMBS}
        self._spoiler = PictureSpoiler(self._world.picture, seeing, (HEIGHT, WIDTH))
        facing = next((entry.facing for entry in plan if isinstance(entry, PlannedSet)), 0.0)
        self._path = Path(facing, scene.camera.rotation[:2, 0])
        self._renderer = Renderer(self.model) if draw else None
        self._now = 0

    def hear(self, fault: str, stamp: int) -> bool:
        """A cue that names `fault`, about what was seen at `stamp` [ns]; True when the athlete takes it to heart."""
        return self._ears.hear(fault, stamp, self._now)

    def observe(self) -> Iterator[Observation]:
        """Everything that camera and sensors deliver, and the truth at every picture, in the order of arrival."""
        queue: list[tuple[int, int, Observation]] = []
        order, frame, reading = itertools.count(), 0, 0
        for segment in self._segments():
            frames = _ticks(frame, self._frame_rate, segment.end)
            readings = _ticks(reading, RATE, segment.end)
            frame, reading = frame + len(frames), reading + len(readings)
            for observation in self._readings(segment, readings):
                heapq.heappush(queue, (observation.arrival, next(order), observation))
            for time, poses in zip(frames, self._exposures(segment, frames), strict=True):
                stamp = _stamp(time)
                while queue and queue[0][0] < stamp:
                    yield self._deliver(heapq.heappop(queue)[2])
                picture = self._look(poses)
                yield self._deliver(Observation(stamp, self._truth(segment, time), stamp))
                if picture is not None:
                    yield self._deliver(Observation(stamp, ImageFrame(stamp, picture), stamp))
        while queue:
            yield self._deliver(heapq.heappop(queue)[2])

    def close(self) -> None:
        """Free the drawing context."""
        if self._renderer is not None:
            self._renderer.close()

    def __enter__(self) -> Athlete:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _deliver(self, observation: Observation) -> Observation:
        self._now = observation.arrival
        return observation

    def _segments(self) -> Iterator[Segment]:
        """The plan, written while it is carried out, so that cues can change what comes next."""
        writer = self._choreographer
        for entry in self._plan:
            if isinstance(entry, Away):
                yield from self._go_away(entry)
                continue
            spec = movement(entry.movement)
            if entry.facing != self._path.facing:
                yield from self._turn(entry.facing)
            self._ears.begin_set(entry.faults)
            yield from writer.settle(spec, entry.faults_in(1, self._ears.faults(self._now)))
            if entry.rest > 0.0:
                yield writer.rest(spec, entry.rest)
            for number in range(1, entry.repetitions + 1):
                yield from writer.repetition(spec, number, entry.faults_in(number, self._ears.faults(self._now)))

    def _go_away(self, entry: Away) -> Iterator[Segment]:
        """Walks out of the picture, stays away, walks back; the path is added in `_qpos`."""
        writer, walking = self._choreographer, movement("walking_on_the_spot")
        yield from writer.settle(walking, {})
        back, number = self._path.leave(writer.time, entry.seconds), 0
        while writer.time < back:
            number += 1
            yield from writer.repetition(walking, number, {})

    def _turn(self, facing: float) -> Iterator[Segment]:
        """Turns with two steps on the spot."""
        writer, walking = self._choreographer, movement("walking_on_the_spot")
        yield from writer.settle(walking, {})
        begin, steps = writer.time, list(writer.repetition(walking, 1, {}))
        self._path.turn(begin, writer.time - begin, facing)
        yield from steps

    def _qpos(self, segment: Segment, times: Array) -> Array:
        """(T, nq) at `times` (T,) [s], turns and the way out and back included."""
        return self._path.apply(self._kinematics.qpos(segment.pose(times, self._solver, self._wobble)), times)

    def _readings(self, segment: Segment, times: Array) -> Iterable[Observation]:
        if not len(times):
            return
        ideal = self._reader.read(lambda t: self._qpos(segment, t), times)
        for column, limb in enumerate(LIMBS):
            for time, signal in zip(times, self._sensors[limb].measure(ideal[:, column]), strict=True):
                sent = self._links[limb].send(ImuSample(_stamp(time), limb, signal))
                if sent is not None:
                    yield Observation(*sent, _stamp(time))

    def _exposures(self, segment: Segment, times: Array) -> Array:
        """(T, B, nq) joint positions during the exposure of each picture, which ends at `times` (T,) [s]."""
        exposure = self._world.picture.exposure if self._renderer else 0.0
        instants = exposure * np.arange(1 - BLUR_STEPS, 1) / BLUR_STEPS if exposure > 0.0 else np.zeros(1)
        qpos = self._qpos(segment, (times[:, None] + instants).ravel())
        return qpos.reshape(len(times), len(instants), self.model.nq)

    def _look(self, poses: Array) -> NDArray[np.uint8] | None:
        """Pose the model, last as in the last of `poses` (B, nq); the picture is the mean over them."""
        pictures = []
        for qpos in poses:
            self._data.qpos[:] = qpos
            mujoco.mj_kinematics(self.model, self._data)
            mujoco.mj_camlight(self.model, self._data)
            if self._renderer is not None:
                pictures.append(self._renderer.render(self._data))
        if not pictures:
            return None
        blurred = pictures[0] if len(pictures) == 1 else np.mean(pictures, axis=0).astype(np.uint8)
        return self._spoiler.apply(blurred)

    def _truth(self, segment: Segment, time: float) -> Truth:
        skeleton = self._landmarks.read(self._data, _stamp(time))
        progress = float(segment.progress_at(np.array([time]))[0])
        outward = segment.progress[1] > segment.progress[0]
        begins = segment.stage == "execute" and outward and progress < ONSET
        return Truth(
            stamp=skeleton.stamp,
            skeleton=skeleton,
            angles=joint_angles(skeleton.world),
            action=movement(segment.movement).action if segment.movement else "other",
            movement=segment.movement,
            stage="begin" if begins else segment.stage,
            progress=progress,
            repetition=segment.repetition,
            faults=segment.faults,
        )


def _stamp(time: float) -> int:
    return round(time * 1e9)


def _ticks(first: int, rate: float, end: float) -> Array:
    """Times of ticks `first`, first + 1, ... of a clock of `rate` that come before `end` [s]."""
    return np.arange(first, max(first, int(np.ceil(end * rate - 1e-9)))) / rate
