"""Pictures of the model, drawn off screen by whatever OpenGL the machine has."""

from __future__ import annotations

import importlib
import os
import sys
import weakref
from types import TracebackType
from typing import Any, Final

import mujoco
import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.errors import UserError
from sportcoach_sim.scene import HEIGHT, WIDTH

BACKENDS: Final = ("egl", "osmesa")
"""Ways to draw without a screen, in the order in which they are tried; MUJOCO_GL names one of them."""


def _context(backend: str) -> Any:
    """An OpenGL context of `backend`, made current.

    PyOpenGL binds itself to one platform when it is first imported: what a failed attempt has left is removed, so that
    the next one can start anew.
    """
    try:
        context = importlib.import_module(f"mujoco.{backend}").GLContext(WIDTH, HEIGHT)
        context.make_current()
    except Exception:
        os.environ.pop("PYOPENGL_PLATFORM", None)
        for name in [n for n in sys.modules if n.split(".")[0] == "OpenGL" or n.startswith(f"mujoco.{backend}")]:
            del sys.modules[name]
        raise
    return context


def _open_context() -> Any:
    wanted = os.environ.get("MUJOCO_GL", "").strip().lower()
    for backend in (wanted,) if wanted in BACKENDS else BACKENDS:
        try:
            return _context(backend)
        # Without drivers, PyOpenGL fails in many ways: ImportError, AttributeError, its own GLError, RuntimeError.
        except Exception:
            continue
    tried = f"MUJOCO_GL={wanted} does not work: unset it, or" if wanted in BACKENDS else "EGL and OSMesa don't work:"
    raise UserError(f"the athlete cannot be drawn here, {tried} install libegl1 and libgl1-mesa-dri, or libosmesa6")


def check_drawing() -> None:
    """See whether pictures can be drawn at all, before anything is built on it.

    Raises:
        UserError: there is no off-screen OpenGL.
    """
    _open_context().free()


def _free(context: Any, drawing: mujoco.MjrContext) -> None:
    context.make_current()
    drawing.free()
    context.free()


class Renderer:
    """Draws the model's camera; one per process is enough, each holds an OpenGL context.

    Args:
        model: with a camera named "camera".

    Raises:
        UserError: there is no off-screen OpenGL.
    """

    def __init__(self, model: mujoco.MjModel) -> None:
        self._model = model
        self._context: Any = _open_context()
        self._drawing = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._drawing)
        self._scene = mujoco.MjvScene(model, maxgeom=200)
        for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
            self._scene.flags[flag] = False
        self._options = mujoco.MjvOption()
        self._camera = mujoco.MjvCamera()
        self._camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._camera.fixedcamid = model.camera("camera").id
        self._rectangle = mujoco.MjrRect(0, 0, WIDTH, HEIGHT)
        self._picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        # Also at interpreter exit: the context's own destructor comes too late there, and complains.
        self._finalizer = weakref.finalize(self, _free, self._context, self._drawing)

    def render(self, data: mujoco.MjData) -> NDArray[np.uint8]:
        """(480, 640, 3) uint8 RGB of `data`, whose positions must be up to date (mj_kinematics, mj_camlight)."""
        self._context.make_current()
        mujoco.mjv_updateScene(
            self._model, data, self._options, None, self._camera, mujoco.mjtCatBit.mjCAT_ALL, self._scene
        )
        mujoco.mjr_render(self._rectangle, self._scene, self._drawing)
        mujoco.mjr_readPixels(self._picture, None, self._rectangle, self._drawing)
        return np.ascontiguousarray(self._picture[::-1])

    def close(self) -> None:
        """Free the drawing context."""
        self._finalizer()

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
