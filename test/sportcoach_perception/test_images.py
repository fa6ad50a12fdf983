"""Encodings of pictures come out as the same RGB."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.errors import UserError
from sportcoach_perception.images import ENCODINGS, decode_compressed, decode_image, encode_jpeg

WIDTH, HEIGHT = 16, 8
RGB = np.full((HEIGHT, WIDTH, 3), (200, 60, 20), np.uint8)
GREY = np.full((HEIGHT, WIDTH, 3), 77, np.uint8)


def bayer(first: int, second: int, third: int, fourth: int) -> np.ndarray:
    """A mosaic of RGB whose 2 x 2 cells show the channels given, row by row."""
    mosaic = np.empty((HEIGHT, WIDTH), np.uint8)
    mosaic[0::2, 0::2], mosaic[0::2, 1::2] = RGB[0, 0, first], RGB[0, 0, second]
    mosaic[1::2, 0::2], mosaic[1::2, 1::2] = RGB[0, 0, third], RGB[0, 0, fourth]
    return mosaic


def yuv422(order: tuple[int, int, int, int]) -> np.ndarray:
    """RGB as 4:2:2; `order` gives the places of U, Y, V, Y in a pair of pixels."""
    # 4:2:2 video carries ITU-R BT.601 limited range, unlike OpenCV's full-range YUV.
    r, g, b = (float(c) for c in RGB[0, 0])
    y = round(16 + 0.257 * r + 0.504 * g + 0.098 * b)
    u = round(128 - 0.148 * r - 0.291 * g + 0.439 * b)
    v = round(128 + 0.439 * r - 0.368 * g - 0.071 * b)
    pair = np.empty(4, np.uint8)
    for place, value in zip(order, (u, y, v, y), strict=True):
        pair[place] = value
    return np.tile(pair, (HEIGHT, WIDTH // 2))


@pytest.mark.parametrize(
    ("encoding", "rows", "expected", "tolerance"),
    [
        ("rgb8", RGB, RGB, 0),
        ("bgr8", RGB[..., ::-1], RGB, 0),
        ("8UC3", RGB[..., ::-1], RGB, 0),
        ("rgba8", np.dstack([RGB, GREY[..., :1]]), RGB, 0),
        ("bgra8", np.dstack([RGB[..., ::-1], GREY[..., :1]]), RGB, 0),
        ("mono8", GREY[..., 0], GREY, 0),
        ("8UC1", GREY[..., 0], GREY, 0),
        ("mono16", GREY[..., 0].astype("<u2") * 256 + 9, GREY, 0),
        ("16UC1", GREY[..., 0].astype("<u2") * 256 + 9, GREY, 0),
        ("yuv422", yuv422((0, 1, 2, 3)), RGB, 3),
        ("uyvy", yuv422((0, 1, 2, 3)), RGB, 3),
        ("yuv422_yuy2", yuv422((1, 0, 3, 2)), RGB, 3),
        ("yuyv", yuv422((1, 0, 3, 2)), RGB, 3),
        ("bayer_rggb8", bayer(0, 1, 1, 2), RGB, 1),
        ("bayer_bggr8", bayer(2, 1, 1, 0), RGB, 1),
        ("bayer_gbrg8", bayer(1, 2, 0, 1), RGB, 1),
        ("bayer_grbg8", bayer(1, 0, 2, 1), RGB, 1),
    ],
)
def test_every_encoding_gives_the_same_colours(
    encoding: str, rows: np.ndarray, expected: np.ndarray, tolerance: int
) -> None:
    data = np.ascontiguousarray(rows).tobytes()
    picture = decode_image(data, encoding, HEIGHT, WIDTH, len(data) // HEIGHT)
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert np.abs(picture[2:-2, 2:-2].astype(int) - expected[2:-2, 2:-2]).max() <= tolerance


def test_the_table_above_leaves_no_encoding_out() -> None:
    tested = test_every_encoding_gives_the_same_colours.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {row[0] for row in tested} == set(ENCODINGS)


def test_big_endian_grey_keeps_its_upper_byte() -> None:
    data = (GREY[..., 0].astype("u2") * 256 + 9).astype(">u2").tobytes()
    assert (decode_image(data, "mono16", HEIGHT, WIDTH, 2 * WIDTH, is_bigendian=True) == GREY).all()


@given(padding=st.integers(0, 7))
def test_padded_rows_are_cut(padding: int) -> None:
    rows = np.pad(RGB.reshape(HEIGHT, -1), ((0, 0), (0, padding)))
    assert (decode_image(rows.tobytes(), "rgb8", HEIGHT, WIDTH, rows.shape[1]) == RGB).all()


@pytest.mark.parametrize(("encoding", "size"), [("yuv_nonsense", 1000), ("rgb8", 10)])
def test_what_cannot_be_read_is_named(encoding: str, size: int) -> None:
    with pytest.raises(UserError, match=encoding):
        decode_image(bytes(size), encoding, HEIGHT, WIDTH, 3 * WIDTH)


def test_jpeg_comes_back_nearly_the_same() -> None:
    assert np.abs(decode_compressed(encode_jpeg(RGB)).astype(int) - RGB).max() < 8


@pytest.mark.parametrize("data", [b"", b"no picture"])
def test_a_broken_jpeg_is_named(data: bytes) -> None:
    with pytest.raises(UserError, match="cannot be decoded"):
        decode_compressed(data)
