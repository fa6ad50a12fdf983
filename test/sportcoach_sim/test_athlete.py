import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from sportcoach_perception.angles import view_angle
from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import ImageFrame, ImuSample
from sportcoach_sim import render
from sportcoach_sim.athlete import Athlete, Observation, Truth
from sportcoach_sim.plan import Away, Plan, PlannedSet
from sportcoach_sim.reaction import Ears
from sportcoach_sim.scene import Camera, Scene
from sportcoach_sim.subject import Subject
from sportcoach_sim.world import LinkFaults, PictureFaults, World

SECOND = 1_000_000_000


def observe(plan: Plan, seed: int = 0, **options: object) -> list[Observation]:
    with Athlete(Subject(), plan, seed, **{"draw": False, **options}) as athlete:  # type: ignore[arg-type]
        return list(athlete.observe())


def truths(observations: list[Observation]) -> list[Truth]:
    return [o.data for o in observations if isinstance(o.data, Truth)]


def digest(observations: list[Observation]) -> str:
    result = hashlib.sha256()
    for observation in observations:
        data = observation.data
        result.update(str((observation.arrival, type(data).__name__, data.stamp)).encode())
        if isinstance(data, ImageFrame):
            result.update(data.image.tobytes())
        elif isinstance(data, ImuSample):
            result.update(data.signal.tobytes())
        else:
            result.update(data.skeleton.world.tobytes() + data.angles.tobytes())
    return result.hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    plan, world = (PlannedSet("squat", 1, {"knee_valgus": 15.0}),), World.sample(np.random.default_rng(1))
    first, again, other = (digest(observe(plan, seed, world=world)) for seed in (4, 4, 5))
    assert first == again != other


@pytest.mark.usefixtures("opengl")
def test_the_same_seed_gives_the_same_pictures() -> None:
    plan = (PlannedSet("jumping_jack", 1, rest=0.0),)
    world = World(PictureFaults(occlusion=0.2, darkness=0.3, exposure=0.02))
    first, again = (digest(observe(plan, draw=True, frame_rate=10.0, world=world)) for _ in range(2))
    assert first == again


def test_pictures_come_at_30_hz_and_each_limb_at_100_hz_in_order_of_arrival() -> None:
    observations = observe(
        (PlannedSet("lunge", 2), PlannedSet("push_up", 1)), world=World.sample(np.random.default_rng(3))
    )
    arrivals = [o.arrival for o in observations]
    assert arrivals == sorted(arrivals)
    frames = np.array([t.stamp for t in truths(observations)])
    assert np.abs(np.diff(frames) - SECOND / 30).max() <= 1
    clean = [o.data for o in observe((PlannedSet("lunge", 2),)) if isinstance(o.data, ImuSample)]
    wrist = np.array([sample.stamp for sample in clean if sample.limb == "left_wrist"])
    assert np.abs(np.diff(wrist) - SECOND / 100).max() <= 1
    assert len({sample.limb for sample in clean}) == 4


def test_what_a_sensor_says_about_the_time_is_told_apart_from_when_it_was() -> None:
    world = World(links={"left_wrist": LinkFaults(offset=0.1, burst=0.05)})
    readings = [o for o in observe((PlannedSet("squat", 1),), world=world) if isinstance(o.data, ImuSample)]
    late = [o for o in readings if o.data.limb == "left_wrist"]
    assert all(o.data.stamp - o.time == SECOND // 10 for o in late)
    assert all(0 <= o.arrival - o.time <= SECOND // 20 for o in late)
    assert all(o.arrival == o.time == o.data.stamp for o in readings if o.data.limb != "left_wrist")


def test_a_fault_can_come_and_go_within_a_set() -> None:
    rows = truths(observe((PlannedSet("squat", 4, {"trunk_lean": 20.0}, shares=(0.5, 0.0, 1.0)),)))
    magnitudes = {t.repetition: t.faults for t in rows if t.repetition}
    assert magnitudes == {1: {"trunk_lean": 10.0}, 2: {}, 3: {"trunk_lean": 20.0}, 4: {"trunk_lean": 20.0}}


def test_the_truth_tells_what_is_done_and_how_often() -> None:
    rows = truths(observe((PlannedSet("squat", 3, {"trunk_lean": 20.0}), PlannedSet("push_up", 2))))
    for name, count in (("squat", 3), ("push_up", 2)):
        of_set = [t for t in rows if t.movement == name]
        assert {t.repetition for t in of_set} == set(range(count + 1))
        assert {t.stage for t in of_set} == {"idle", "begin", "execute", "end"}
        assert all(t.action == name for t in of_set)
        assert max(t.progress for t in of_set) == pytest.approx(1.0, abs=1e-3)
    assert all(t.faults == {"trunk_lean": 20.0} for t in rows if t.movement == "squat" and t.repetition)
    assert any(t.movement == "" and t.action == "other" for t in rows), "on the way down to the floor"


def test_joints_move_smoothly_through_a_whole_session() -> None:
    plan = (PlannedSet("jumping_jack", 2), PlannedSet("push_up", 1), PlannedSet("lunge", 2))
    world = np.array([t.skeleton.world for t in truths(observe(plan, frame_rate=100.0))])
    acceleration = np.diff(world, 2, axis=0) * 100.0**2
    # The hands of a jumping jack turn at 60 m/s^2; a jump of 1 cm between two pictures would be 100 m/s^2.
    assert np.linalg.norm(acceleration, axis=-1).max() < 95.0


@pytest.mark.parametrize("azimuth", [0.0, 90.0])
def test_the_athlete_leaves_the_picture_and_comes_back(azimuth: float) -> None:
    scene = Scene(camera=Camera(azimuth=azimuth))
    rows = truths(observe((PlannedSet("standing", 1), Away(2.0), PlannedSet("squat", 1)), scene=scene))
    inside = np.array([t.skeleton.visibility.mean() for t in rows])
    assert inside[0] == inside[-1] == 1.0
    gone = np.flatnonzero(inside == 0.0)
    assert len(gone) >= 2.0 * 30
    assert np.all(np.diff(gone) == 1), "once"


def test_the_athlete_turns_between_sets() -> None:
    rows = truths(observe((PlannedSet("squat", 1), PlannedSet("push_up", 1, facing=-90.0))))
    front, side = (
        view_angle(next(t for t in rows if t.movement == name).skeleton.world) for name in ("squat", "push_up")
    )
    assert front == pytest.approx(0.0, abs=8.0)
    assert side == pytest.approx(90.0, abs=8.0)


def heard(cue: str, delay: int = 0) -> list[float]:
    """Magnitudes of the valgus by repetition when `cue` is said at every turning point of the second repetition."""
    subject = Subject(reaction_time=0.8, compliance=0.6)
    magnitudes: dict[int, float] = {}
    with Athlete(subject, (PlannedSet("squat", 6, {"knee_valgus": 20.0}),), 0, draw=False) as athlete:
        for observation in athlete.observe():
            truth = observation.data
            if isinstance(truth, Truth) and truth.repetition:
                magnitudes[truth.repetition] = truth.faults.get("knee_valgus", 0.0)
                if cue and truth.repetition == 2 and truth.progress > 0.99:
                    athlete.hear(cue, truth.stamp - delay)
    return [magnitudes[number] for number in range(1, 7)]


def test_a_right_cue_makes_the_fault_smaller_from_the_next_repetition_on() -> None:
    assert heard("") == [20.0] * 6
    assert heard("knee_valgus") == pytest.approx([20.0, 20.0, 8.0, 3.2, 0.0, 0.0])


def test_a_wrong_or_late_cue_changes_nothing() -> None:
    assert heard("trunk_lean") == [20.0] * 6
    assert heard("knee_valgus", delay=4 * SECOND) == [20.0] * 6


def test_reaction_takes_its_time() -> None:
    ears = Ears(Subject(reaction_time=1.0, compliance=0.5))
    ears.begin_set({"hip_sag": 10.0})
    assert ears.hear("hip_sag", stamp=0, now=0)
    assert ears.faults(SECOND - 1) == {"hip_sag": 10.0}
    assert ears.faults(SECOND) == {"hip_sag": 5.0}


def test_without_opengl_there_is_one_clear_line_and_everything_but_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(backend: str) -> object:
        raise ImportError(backend)

    monkeypatch.setattr(render, "_context", missing)
    plan = (PlannedSet("squat", 1),)
    with pytest.raises(UserError, match="libegl1"):
        Athlete(Subject(), plan, 0)
    assert any(isinstance(o.data, ImuSample) for o in observe(plan))


def test_an_opengl_that_does_not_work_is_no_hindrance_until_pictures_are_wanted() -> None:
    program = "import os; from sportcoach_sim import athlete; print(os.environ['MUJOCO_GL'])"
    environment = {**os.environ, "MUJOCO_GL": "one that MuJoCo refuses"}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "one that MuJoCo refuses", run.stderr
