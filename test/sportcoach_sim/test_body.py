import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportcoach_perception.angles import ANGLE_INDEX, joint_angles
from sportcoach_perception.skeleton import LANDMARK_INDEX
from sportcoach_sim.body import mjcf
from sportcoach_sim.landmarks import LandmarkReader
from sportcoach_sim.render import Renderer
from sportcoach_sim.scene import Camera, Scene
from sportcoach_sim.subject import Subject


def standing(subject: Subject, scene: Scene) -> tuple[mujoco.MjModel, mujoco.MjData]:
    model = mujoco.MjModel.from_xml_string(mjcf(subject, scene))
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    return model, data


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_sampled_subject_in_every_sampled_room_is_a_model_with_human_proportions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    subject, scene = Subject.sample(rng), Scene.sample(rng)
    model, data = standing(subject, scene)
    points = LandmarkReader(model).in_room(data)
    height = {
        name: points[LANDMARK_INDEX[name], 2] / subject.height for name in ("left_eye", "left_shoulder", "left_hip")
    }
    # Winter 2009, fig. 4.1, with the spread of leg length that subjects have.
    assert height["left_eye"] == pytest.approx(0.936, abs=0.03)
    assert height["left_shoulder"] == pytest.approx(0.818, abs=0.03)
    assert height["left_hip"] == pytest.approx(0.530, abs=0.001)


def test_true_landmarks_are_hip_centred_in_optical_axes() -> None:
    model, data = standing(Subject(), Scene(camera=Camera(azimuth=0.0, height=0.92)))
    world = LandmarkReader(model).read(data, 0).world
    at = {name: world[index] for name, index in LANDMARK_INDEX.items()}
    np.testing.assert_allclose((at["left_hip"] + at["right_hip"]) / 2.0, 0.0, atol=1e-6)
    assert at["nose"][1] < -0.6, "y points down"
    assert at["left_shoulder"][0] > 0.1 > -0.1 > at["right_shoulder"][0], (
        "the athlete's left is on the right of a picture"
    )
    assert at["nose"][2] < at["left_ear"][2], "the nose is nearer to a camera in front"
    angles = joint_angles(world)
    assert angles[ANGLE_INDEX["left_knee"]] == pytest.approx(180.0, abs=0.5)
    assert angles[ANGLE_INDEX["trunk"]] == pytest.approx(0.0, abs=0.5)


@pytest.mark.usefixtures("opengl")
@pytest.mark.parametrize("tilt", [0.0, 12.0])
def test_landmarks_lie_where_the_body_is_drawn(tilt: float) -> None:
    subject = Subject(shirt=(0.0, 0.0, 1.0), shoes=(1.0, 0.0, 0.0))
    model, data = standing(subject, Scene(camera=Camera(azimuth=25.0, tilt=tilt)))
    with Renderer(model) as renderer:
        picture = renderer.render(data).astype(int)
    image = LandmarkReader(model).read(data, 0).image

    def colour(landmark: str) -> np.ndarray:
        x, y = (image[LANDMARK_INDEX[landmark]] * (640, 480)).astype(int)
        return picture[y, x]

    for shoulder in ("left_shoulder", "right_shoulder"):
        assert colour(shoulder).argmax() == 2, "blue shirt"
    for toe in ("left_foot_index", "right_foot_index"):
        assert colour(toe).argmax() == 0, "red shoes"
        assert colour(toe)[0] > 3 * colour(toe)[1]


@pytest.mark.usefixtures("opengl")
def test_less_light_makes_a_darker_picture() -> None:
    def brightness(light: float) -> float:
        model, data = standing(Subject(), Scene(light=light))
        with Renderer(model) as renderer:
            return float(renderer.render(data).mean())

    assert brightness(0.4) < 0.6 * brightness(1.0)
