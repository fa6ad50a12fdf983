"""A node's process ends once the node's work is done, whatever DDS does."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

pytest.importorskip("rclpy", reason="needs ROS 2")
pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
pytestmark = pytest.mark.graph

WAITS_FOR_EVER = "lambda node: ctypes.PyDLL(None).sleep(100)"
"""Without letting any other thread run, as rclpy does when it destroys a node."""


@pytest.mark.usefixtures("ros_domain_id")
@pytest.mark.parametrize(
    ("destroy", "returncode"),
    [("NodeBase.destroy_node", 0), (WAITS_FOR_EVER, -signal.SIGALRM)],
    ids=["leaves", "hangs"],
)
def test_a_node_that_is_done_ends_though_dds_may_not_let_it_go(destroy: str, returncode: int) -> None:
    program = (
        "import ctypes\n"
        "from sportcoach_perception.node_base import NodeBase, run_node\n"
        "class Done(NodeBase):\n"
        "    def __init__(self): super().__init__('voice_node')\n"
        "    def activate(self): print('active', flush=True); self.finish()\n"
        f"Done.destroy_node = {destroy}\n"
        "run_node(Done)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert ended.stdout == "active\n" and ended.returncode == returncode, ended.stderr
