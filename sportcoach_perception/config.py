"""Where the shipped configuration is: beside the packages in a checkout, in the share folder of an installed one."""

from __future__ import annotations

import os
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent


def share_folder() -> Path:
    """The folder that holds `config/` and `launch/`."""
    if (_CHECKOUT / "config" / "parameters.yaml").is_file():
        return _CHECKOUT
    for prefix in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep):
        share = Path(prefix) / "share" / "sportcoach"
        if (share / "config" / "parameters.yaml").is_file():
            return share
    raise FileNotFoundError("sportcoach's share folder is not on AMENT_PREFIX_PATH: source the workspace's setup file")


def config_path(name: str) -> Path:
    """Path of a shipped configuration file or folder."""
    return share_folder() / "config" / name
