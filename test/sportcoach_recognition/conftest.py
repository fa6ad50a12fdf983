"""Small networks on one thread: with more, threads wait for each other longer than they work."""

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    torch.set_num_threads(1)
