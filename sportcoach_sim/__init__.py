"""A simulated athlete in MuJoCo: camera pictures, limb IMUs, exact truth, and ears for the coach."""

import os
from contextlib import suppress

# When it is imported, MuJoCo opens the OpenGL that MUJOCO_GL names and fails where that is missing, pictures wanted or
# not. Here `render` does it, for pictures only.
_wanted = os.environ.get("MUJOCO_GL")
os.environ["MUJOCO_GL"] = "disable"
with suppress(ImportError):  # reading a collection does without MuJoCo
    import mujoco  # noqa: F401
del os.environ["MUJOCO_GL"]
if _wanted is not None:
    os.environ["MUJOCO_GL"] = _wanted
