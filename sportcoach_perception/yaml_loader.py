"""How YAML is read."""

from __future__ import annotations

from typing import Final

import yaml

SAFE_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, ten times faster where PyYAML was built with libyaml; files are read whenever a process starts."""
