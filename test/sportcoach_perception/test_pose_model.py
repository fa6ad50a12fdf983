"""The pose model is found, and only ever used when it is exactly the one that is expected."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception import pose_model
from sportcoach_perception.errors import UserError


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SPORTCOACH_MODELS", str(tmp_path))
    return tmp_path


def write_package(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.parametrize("complexity", ["lite", "full", "heavy"])
def test_models_of_a_set_up_checkout_are_intact(complexity: str) -> None:
    assert pose_model.path(complexity).name == f"pose_landmarker_{complexity}.task"


def test_missing_model_is_one_line_that_says_how_to_get_it(models: Path) -> None:
    with pytest.raises(UserError, match=r"pose_landmarker_full.task is missing; 'make setup'"):
        pose_model.path("full")


def test_changed_model_is_refused(models: Path) -> None:
    (models / "pose_landmarker_full.task").write_bytes(b"something else")
    with pytest.raises(UserError, match="wrong checksum"):
        pose_model.path("full")


def test_unknown_complexity_names_the_known_ones() -> None:
    with pytest.raises(UserError, match="lite, full, heavy"):
        pose_model.path("huge")


def test_models_of_an_installed_package_are_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pose_model, "_CHECKOUT", tmp_path / "site-packages")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert pose_model.folder() == tmp_path / "cache" / "sportcoach" / "models"


def test_package_with_other_networks_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    package = write_package(tmp_path / "p.tgz", dict.fromkeys(pose_model._NETWORK_SHA256, b"other"))
    with pytest.raises(UserError, match="wrong checksum"):
        pose_model.build(package, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"not a tarball"])
def test_file_that_is_no_package_is_refused(tmp_path: Path, content: bytes) -> None:
    package = tmp_path / "p.tgz"
    package.write_bytes(content)
    with pytest.raises(UserError, match="is not the npm package"):
        pose_model.build(package, tmp_path / "out")


def test_package_without_the_networks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not the npm package"):
        pose_model.build(write_package(tmp_path / "p.tgz", {"README.md": b""}), tmp_path / "out")


@given(st.lists(st.binary(max_size=100), min_size=1, max_size=5), st.text("abc_.", min_size=1, max_size=40))
def test_files_in_a_bundle_start_at_multiples_of_16(
    tmp_path_factory: pytest.TempPathFactory, contents: list[bytes], name: str
) -> None:
    files = {f"{index}{name}": content for index, content in enumerate(contents)}
    path = tmp_path_factory.mktemp("bundle") / "bundle.task"
    pose_model._write_zip(path, files)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            name_length = int.from_bytes(data[entry.header_offset + 26 : entry.header_offset + 28], "little")
            extra_length = int.from_bytes(data[entry.header_offset + 28 : entry.header_offset + 30], "little")
            start = entry.header_offset + 30 + name_length + extra_length
            assert start % 16 == 0
            assert data[start : start + entry.file_size] == files[entry.filename]


def test_command_line_ends_with_one_line_on_a_bad_package(models: Path) -> None:
    package = models / "p.tgz"
    package.write_bytes(b"no")
    command = [sys.executable, "-m", "sportcoach_perception.pose_model", str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1


def test_fetching_without_npm_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="apt-get install npm"):
        pose_model.fetch(tmp_path)
