"""Makes the CMake files of the ROS wheels name this machine's Python and NumPy headers.

The wheels export the include folders of the machine that they were built on; no package with messages can be built
against them until those are replaced. Running it twice does no harm.
"""

from __future__ import annotations

import re
import sys
import sysconfig
from pathlib import Path

import numpy

_NUMPY_HEADERS = re.compile(r'/opt/python/[^;"\s]*/numpy/_core/include')
_PYTHON_HEADERS = re.compile(r'/opt/python/[^;"\s]*/include/python3\.\d+')


def repair(text: str, python_headers: str, numpy_headers: str) -> str:
    """`text` of a CMake file with the wheel builder's include folders replaced."""
    text = _NUMPY_HEADERS.sub(lambda _: numpy_headers, text)
    return _PYTHON_HEADERS.sub(lambda _: python_headers, text)


def main() -> None:
    """Repair every exported CMake file of the running Python's environment."""
    for path in Path(sys.prefix, "share").glob("*/cmake/*.cmake"):
        text = path.read_text(encoding="utf-8")
        repaired = repair(text, sysconfig.get_paths()["include"], numpy.get_include())
        if repaired != text:
            path.write_text(repaired, encoding="utf-8")


if __name__ == "__main__":
    main()
