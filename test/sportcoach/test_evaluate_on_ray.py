"""The same bags on a Ray cluster of two machines, one of which dies on the way, give the same as here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sportcoach.bag_evaluation import jobs, runners
from sportcoach_perception.errors import UserError

bag_speed = pytest.importorskip("sportcoach.bag_speed", reason="needs mujoco")
cluster_utils = pytest.importorskip("ray.cluster_utils", reason="needs requirements-ray.txt")


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A head that runs nothing and two machines with one core each."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    made = cluster_utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    made.machines = [made.add_node(num_cpus=1) for _ in range(2)]
    yield made
    made.shutdown()


def test_a_machine_that_dies_changes_nothing(cluster: Any, tmp_path: Path) -> None:
    plan = bag_speed.squats_and_jacks(1)[1:]
    bag_speed.time_writing(bag_speed.simulate(plan, draw=False)[:300], tmp_path / "bag")
    job = jobs.Job("bag", str(tmp_path / "bag"), (jobs.Label("jumping_jack"),), jobs.PipelineOptions(), {}, False)
    running = runners.on_ray([job] * 4, cluster.address)
    results = [next(running)]
    cluster.remove_node(cluster.machines.pop(), allow_graceful=False)
    results += running
    assert [result["score"] for result in results] == [jobs.run(job)["score"]] * 4


def test_no_cluster_is_one_line() -> None:
    with pytest.raises(UserError, match=r"no Ray cluster at 127\.0\.0\.1:1"):
        list(runners.on_ray([], "127.0.0.1:1"))
