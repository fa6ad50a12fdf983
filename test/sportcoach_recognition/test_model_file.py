"""Weights in files: what is written is what is read, and anything else is refused in one line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from sportcoach_perception.errors import UserError
from sportcoach_recognition import model_file, weights_file
from sportcoach_recognition.models.frame_gat import Config, FrameGat
from sportcoach_recognition.recognizer import Recognizer


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "net.safetensors"
    model_file.store(FrameGat(Config(channels=8, heads=2, dilations=(1,))), path)
    return path


def bless(path: Path) -> None:
    weights_file.checksum_file(path).write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")


def header_of(path: Path, **changes: object) -> dict[str, str]:
    return {weights_file.HEADER: json.dumps(weights_file.read_header(path.read_bytes()) | changes)}


def test_what_is_written_is_read(stored: Path) -> None:
    network, model_id = model_file.restore(stored)
    assert network.config.channels == 8
    assert not network.training
    assert model_id == f"net-{hashlib.sha256(stored.read_bytes()).hexdigest()[:12]}"
    again = stored.with_name("again.safetensors")
    model_file.store(network, again)
    assert again.read_bytes() == stored.read_bytes()


def test_the_shipped_weights_are_small_and_match_their_checksum() -> None:
    assert weights_file.DEFAULT.stat().st_size < 3_000_000
    digest = model_file.restore(weights_file.DEFAULT)[1].rsplit("-", 1)[1]
    assert weights_file.checksum_file(weights_file.DEFAULT).read_text().startswith(digest)
    assert digest in weights_file.DEFAULT.with_suffix(".md").read_text()


def test_missing_weights(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nothing\.safetensors"):
        Recognizer.load(tmp_path / "nothing.safetensors")


def test_missing_checksum(stored: Path) -> None:
    weights_file.checksum_file(stored).unlink()
    with pytest.raises(UserError, match="sha256"):
        Recognizer.load(stored)


def test_one_flipped_bit(stored: Path) -> None:
    data = bytearray(stored.read_bytes())
    data[-1] ^= 1
    stored.write_bytes(data)
    with pytest.raises(UserError, match="do not match"):
        Recognizer.load(stored)


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"not weights at all", b"\x02" + b"\0" * 7 + b"{}"])
def test_something_else_with_a_right_checksum(stored: Path, content: bytes) -> None:
    stored.write_bytes(content)
    bless(stored)
    with pytest.raises(UserError, match="train it again"):
        Recognizer.load(stored)


def test_a_network_of_another_shape(stored: Path) -> None:
    tensors = load_file(stored)
    tensors["joint"] = tensors["joint"][:-1].contiguous()
    save_file(tensors, stored, header_of(stored))
    bless(stored)
    with pytest.raises(UserError, match="train it again"):
        Recognizer.load(stored)


def test_a_network_for_other_actions(stored: Path) -> None:
    save_file(load_file(stored), stored, header_of(stored, actions=["jump"]))
    bless(stored)
    with pytest.raises(UserError, match="train it again"):
        Recognizer.load(stored)


def test_numbers_that_are_none(stored: Path) -> None:
    tensors = load_file(stored)
    tensors["joint"][0, 0] = float("nan")
    save_file(tensors, stored, header_of(stored))
    bless(stored)
    with pytest.raises(UserError, match="not finite"):
        Recognizer.load(stored)
