"""The pose landmarker bundles: found, checked, and made from the npm package that holds their networks.

MediaPipe ships no weights; Google publishes them (Apache-2.0) in the npm package of its JavaScript solution, without
the metadata that the Tasks API asks for. `build` adds it and packs detector and landmark network into the bundle that
`PoseLandmarker` loads, byte for byte the same on every machine.

`python -m sportcoach_perception.pose_model [TARBALL]` fetches the package with npm, unless given it, and fills
`folder()`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sportcoach_perception.errors import UserError

NPM_PACKAGE: Final = "@mediapipe/pose@0.5.1675469404"

SHA256: Final = {
    "lite": "e708895a8c7b2bd8e5e5e5202b543a962b6c202e902be12e5115765e3e9afca6",
    "full": "ae7ed05719b8295ed9ce5379b398e03da7801951abca7952dd89dea5a312315b",
    "heavy": "4ae998aeb8163145fd5373ffabebacfa300cea523b65d516f4313a0b3ff2d332",
}
"""Checksums of the bundles, by complexity of the landmark network."""

_DETECTOR: Final = "pose_solution_packed_assets.data"
_NETWORK_SHA256: Final = {
    _DETECTOR: "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
    "pose_landmark_lite.tflite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "pose_landmark_full.tflite": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "pose_landmark_heavy.tflite": "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
}

_CHECKOUT: Final = Path(__file__).resolve().parent.parent
_REMEDY: Final = "'make setup' (or 'python3 -m sportcoach_perception.pose_model') makes it anew"


def folder() -> Path:
    """Where the bundles are: $SPORTCOACH_MODELS, else models/ in a checkout, else the user's cache."""
    if given := os.environ.get("SPORTCOACH_MODELS"):
        return Path(given)
    if (_CHECKOUT / "setup.py").is_file():
        return _CHECKOUT / "models"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sportcoach" / "models"


def path(complexity: str) -> Path:
    """The checked bundle with the `complexity` (lite, full or heavy) landmark network.

    Raises:
        UserError: there is no such complexity, or the bundle is missing or not the one that is expected.
    """
    if complexity not in SHA256:
        raise UserError(f"no pose model '{complexity}'; there are {', '.join(SHA256)}")
    bundle = _bundle(folder(), complexity)
    if not bundle.is_file():
        raise UserError(f"pose model {bundle} is missing; {_REMEDY}")
    if not _intact(bundle, complexity):
        raise UserError(f"pose model {bundle} has a wrong checksum; {_REMEDY}")
    return bundle


def build(tarball: Path, out: Path) -> None:
    """Make the bundles of all complexities in folder `out` from `tarball`, the npm package.

    Raises:
        UserError: the tarball cannot be read, or holds other networks than expected.
    """
    networks = _read_networks(tarball)
    detector = _with_metadata(networks[_DETECTOR], "pose_detector", mean=127.5, std=127.5)  # input in [-1, 1]
    out.mkdir(parents=True, exist_ok=True)
    for complexity in SHA256:
        network = networks[f"pose_landmark_{complexity}.tflite"]
        landmarker = _with_metadata(network, "pose_landmarks_detector", mean=0.0, std=255.0)  # input in [0, 1]
        part = out / f"{complexity}.part"
        _write_zip(part, {"pose_detector.tflite": detector, "pose_landmarks_detector.tflite": landmarker})
        if not _intact(part, complexity):
            part.unlink()
            raise UserError(
                f"the {complexity} pose model came out wrong; is mediapipe of the version in requirements.txt?"
            )
        part.replace(_bundle(out, complexity))


def fetch(into: Path) -> Path:
    """The npm package, downloaded into folder `into` from the registry that npm is configured for.

    Raises:
        UserError: npm is not installed, or cannot reach its registry.
    """
    command = ["npm", "pack", NPM_PACKAGE, "--silent", "--pack-destination", str(into)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    except FileNotFoundError as error:
        raise UserError("npm is needed to fetch the pose model: run 'sudo apt-get install npm'") from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise UserError(
            f"the pose model could not be fetched: 'npm pack {NPM_PACKAGE}' failed; is there a network?"
        ) from error
    return next(into.glob("*.tgz"))


def _bundle(where: Path, complexity: str) -> Path:
    return where / f"pose_landmarker_{complexity}.task"


def _intact(bundle: Path, complexity: str) -> bool:
    return bundle.is_file() and hashlib.sha256(bundle.read_bytes()).hexdigest() == SHA256[complexity]


def _read_networks(tarball: Path) -> dict[str, bytes]:
    networks = {}
    try:
        with tarfile.open(tarball) as archive:
            for name in _NETWORK_SHA256:
                member = archive.extractfile(f"package/{name}")
                networks[name] = member.read() if member else b""
    except (OSError, KeyError, tarfile.TarError) as error:
        raise UserError(f"{tarball} is not the npm package {NPM_PACKAGE}") from error
    for name, content in networks.items():
        if hashlib.sha256(content).hexdigest() != _NETWORK_SHA256[name]:
            raise UserError(f"{name} in {tarball} has a wrong checksum")
    return networks


def _with_metadata(network: bytes, name: str, mean: float, std: float) -> bytes:
    """`network` (TFLite) with the metadata that the Tasks API asks for: pixels enter as (value - mean) / std."""
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata
    from mediapipe.tasks.metadata import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(network, 0))
    description = _describe(metadata, name, mean, std, outputs=len(model.subgraphs[0].outputs))
    buffer = schema.BufferT()
    buffer.data = bytearray(_pack(flatbuffers.Builder(0), description, b"M001"))
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = b"TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [other for other in model.metadata or [] if other.name != entry.name] + [entry]
    return _pack(flatbuffers.Builder(len(network) + 4096), model, b"TFL3")


def _describe(metadata: Any, name: str, mean: float, std: float, outputs: int) -> Any:
    """Model metadata (mediapipe's generated `metadata` classes) of a network with one RGB picture as input."""
    normalization = metadata.ProcessUnitT()
    normalization.optionsType = metadata.ProcessUnitOptions.NormalizationOptions
    normalization.options = metadata.NormalizationOptionsT()
    normalization.options.mean, normalization.options.std = [mean], [std]

    picture = metadata.TensorMetadataT()
    picture.name = "image"
    picture.content = metadata.ContentT()
    picture.content.contentPropertiesType = metadata.ContentProperties.ImageProperties
    picture.content.contentProperties = metadata.ImagePropertiesT()
    picture.content.contentProperties.colorSpace = metadata.ColorSpaceType.RGB
    picture.processUnits = [normalization]

    subgraph = metadata.SubGraphMetadataT()
    subgraph.inputTensorMetadata = [picture]
    subgraph.outputTensorMetadata = [metadata.TensorMetadataT() for _ in range(outputs)]

    model = metadata.ModelMetadataT()
    model.name, model.minParserVersion = name, "1.0.0"
    model.subgraphMetadata = [subgraph]
    return model


def _pack(builder: Any, record: Any, identifier: bytes) -> bytes:
    builder.Finish(record.Pack(builder), identifier)
    return bytes(builder.Output())


def _write_zip(target: Path, files: Mapping[str, bytes], alignment: int = 16) -> None:
    """Write `files` uncompressed, each starting at a multiple of `alignment` as MediaPipe maps them, without dates."""
    header_size, extra_header_size, extra_id = 30, 4, 0xFECA
    with target.open("wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            gap = -(stream.tell() + header_size + len(name.encode())) % alignment
            if gap:
                filler = (gap - extra_header_size) % alignment
                entry.extra = extra_id.to_bytes(2, "little") + filler.to_bytes(2, "little") + bytes(filler)
            archive.writestr(entry, content)


def _missing(where: Path) -> Iterable[str]:
    return (complexity for complexity in SHA256 if not _intact(_bundle(where, complexity), complexity))


def main() -> None:
    """Make the bundles that are missing or broken; nothing happens when all are there."""
    where = folder()
    if not any(_missing(where)):
        return
    try:
        if len(sys.argv) > 1:
            build(Path(sys.argv[1]), where)
        else:
            print(f"fetching the pose model into {where}")
            with tempfile.TemporaryDirectory() as scratch:
                build(fetch(Path(scratch)), where)
    except UserError as error:
        sys.exit(f"pose model: {error}")


if __name__ == "__main__":
    main()
