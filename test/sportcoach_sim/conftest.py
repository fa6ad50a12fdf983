"""What the tests of the simulated athlete share."""

from __future__ import annotations

import mujoco
import pytest

from sportcoach_perception.errors import UserError
from sportcoach_sim.body import mjcf
from sportcoach_sim.render import Renderer
from sportcoach_sim.scene import Scene
from sportcoach_sim.subject import Subject


@pytest.fixture(scope="session")
def opengl() -> None:
    """Skips where nothing can be drawn off screen."""
    model = mujoco.MjModel.from_xml_string(mjcf(Subject(), Scene()))
    try:
        Renderer(model).close()
    except UserError as error:
        pytest.skip(str(error))
