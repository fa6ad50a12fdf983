"""Pictures as ROS carries them: sensor_msgs/Image encodings and compressed images to RGB arrays and back."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.errors import UserError

_CONVERSIONS: Final[dict[str, tuple[type[np.generic], int, int | None]]] = {
    "rgb8": (np.uint8, 3, None),
    "bgr8": (np.uint8, 3, cv2.COLOR_BGR2RGB),
    "rgba8": (np.uint8, 4, cv2.COLOR_RGBA2RGB),
    "bgra8": (np.uint8, 4, cv2.COLOR_BGRA2RGB),
    "8UC3": (np.uint8, 3, cv2.COLOR_BGR2RGB),
    "mono8": (np.uint8, 1, cv2.COLOR_GRAY2RGB),
    "8UC1": (np.uint8, 1, cv2.COLOR_GRAY2RGB),
    "mono16": (np.uint16, 1, cv2.COLOR_GRAY2RGB),
    "16UC1": (np.uint16, 1, cv2.COLOR_GRAY2RGB),
    "yuv422": (np.uint8, 2, cv2.COLOR_YUV2RGB_UYVY),
    "uyvy": (np.uint8, 2, cv2.COLOR_YUV2RGB_UYVY),
    "yuv422_yuy2": (np.uint8, 2, cv2.COLOR_YUV2RGB_YUY2),
    "yuyv": (np.uint8, 2, cv2.COLOR_YUV2RGB_YUY2),
    "bayer_rggb8": (np.uint8, 1, cv2.COLOR_BayerRGGB2RGB),
    "bayer_bggr8": (np.uint8, 1, cv2.COLOR_BayerBGGR2RGB),
    "bayer_gbrg8": (np.uint8, 1, cv2.COLOR_BayerGBRG2RGB),
    "bayer_grbg8": (np.uint8, 1, cv2.COLOR_BayerGRBG2RGB),
}
"""Encoding -> (sample type, channels, OpenCV conversion to RGB)."""

ENCODINGS: Final = tuple(_CONVERSIONS)
"""Encodings of sensor_msgs/Image that `decode_image` takes, named as in sensor_msgs/image_encodings."""


def decode_image(
    data: bytes | bytearray | memoryview, encoding: str, height: int, width: int, step: int, is_bigendian: bool = False
) -> NDArray[np.uint8]:
    """The picture of a sensor_msgs/Image as RGB, (height, width, 3) uint8.

    16-bit grey keeps its upper byte. Rows may be padded: `step` is their length in bytes.

    Raises:
        UserError: the encoding is not one of ENCODINGS, or the data is shorter than the header says.
    """
    if encoding not in _CONVERSIONS:
        raise UserError(f"image encoding '{encoding}' is not supported; use one of {', '.join(ENCODINGS)}")
    kind, channels, conversion = _CONVERSIONS[encoding]
    sample = np.dtype(kind).newbyteorder(">" if is_bigendian else "<")
    row = width * channels * sample.itemsize
    if step < row or len(data) < step * height:
        raise UserError(
            f"image of {width} x {height} {encoding} needs {row * height} bytes, the message has {len(data)}"
        )
    rows = np.frombuffer(data, np.uint8, step * height).reshape(height, step)[:, :row]
    picture = np.ascontiguousarray(rows).view(sample).reshape(height, width, channels)
    if sample.itemsize == 2:
        picture = (picture >> 8).astype(np.uint8)
    if conversion is None:
        return np.asarray(picture, np.uint8)
    return np.asarray(cv2.cvtColor(picture, conversion), np.uint8)


def decode_compressed(data: bytes | bytearray | memoryview) -> NDArray[np.uint8]:
    """The picture of a sensor_msgs/CompressedImage (JPEG, PNG, ...) as RGB, (height, width, 3) uint8.

    Raises:
        UserError: the data is no picture that OpenCV can decode.
    """
    buffer = np.frombuffer(data, np.uint8)
    picture = cv2.imdecode(buffer, cv2.IMREAD_COLOR) if buffer.size else None
    if picture is None:
        raise UserError("compressed image cannot be decoded: is it JPEG or PNG?")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def encode_jpeg(image: NDArray[np.uint8], quality: int = 85) -> bytes:
    """`image` (h, w, 3) uint8 RGB as JPEG, quality 1..100."""
    _, buffer = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(buffer.tobytes())
