"""What a picture's bytes say of it before anything is decoded."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from PIL import Image

from llama_marketing.adapters.images.exif import Exif, read_exif
from llama_marketing.adapters.images.header import MAX_PARTS, ImageHeader
from llama_marketing.adapters.images.jpeg import MAX_SCANS, bare_jpeg, draft_scale, read_jpeg
from llama_marketing.adapters.images.png import bare_png, read_png
from llama_marketing.adapters.images.webp import read_webp
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.imaging.facts import MAX_DECODE_BYTES, ImageFormat, Removed
from llama_marketing.testing import pictures

READERS = {"JPEG": read_jpeg, "PNG": read_png, "WEBP": read_webp}


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def _jpeg(*segments: bytes, marker: int = 0xC0, factors: bytes = b"\x11", scans: int = 1) -> bytes:
    """The skeleton of a JPEG of 16 by 9 pixels with one component for each factor."""
    components = b"".join(bytes((n, factor, 0)) for n, factor in enumerate(factors))
    frame = struct.pack(">BHHB", 8, 9, 16, len(factors)) + components
    scan = _segment(0xDA, b"\0") + b"\x01\xff\x00\x02\xff\xd0\x03"
    return b"\xff\xd8" + b"".join(segments) + _segment(marker, frame) + scans * scan + b"\xff\xd9"


@pytest.mark.parametrize("file_format", READERS)
@pytest.mark.parametrize("size", [(1, 1), (640, 480), (300, 2000)])
def test_the_size_is_that_which_pillow_finds(file_format: str, size: tuple[int, int]) -> None:
    data = pictures.saved(pictures.picture(*size), file_format)
    header = READERS[file_format](data)

    assert (header.width, header.height) == size
    assert (header.format, header.end) == (file_format.lower(), len(data))
    header.check(len(data))


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_every_kind_of_webp_tells_its_size(mode: str, lossless: bool) -> None:
    data = pictures.saved(pictures.picture(321, 123, mode), "WEBP", lossless=lossless)

    assert (read_webp(data).width, read_webp(data).height) == (321, 123)


def test_the_largest_size_that_a_webp_tells_counts() -> None:
    """Its canvas may be smaller than a frame in it, or the other way round."""
    header = read_webp(pictures.resized_webp(2, 5_000))

    assert (header.width, header.height) == (64, 5_000)


@pytest.mark.parametrize(
    ("colour_type", "depth", "a_pixel"), [(0, 16, 2), (0, 8, 2), (2, 8, 4), (3, 8, 1), (6, 16, 4)]
)
def test_the_memory_of_a_png_follows_from_its_colours(
    colour_type: int, depth: int, a_pixel: int
) -> None:
    assert read_png(pictures.flat_png(10, 10, colour_type, depth)).decode_bytes == 100 * a_pixel


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"factors": b"\x11"}, 144),
        ({"factors": b"\x11\x11\x11"}, 576),
        ({"factors": b"\x11", "marker": 0xC2}, 144 + 2 * 256),
        ({"factors": b"\x22\x11\x11", "marker": 0xC2}, 576 + 2 * 384),
        ({"factors": b"\x11\x11\x11", "marker": 0xC2}, 576 + 2 * 768),
        ({"factors": b"\x11\x11\x11\x11", "marker": 0xC6}, 576 + 2 * 1024),
        ({"factors": b"\x11", "scans": 2}, 144 + 2 * 256),
    ],
)
def test_the_memory_of_a_jpeg_grows_with_its_passes(options: dict[str, Any], expected: int) -> None:
    """Several passes keep every coefficient of whole blocks, of two bytes each."""
    assert read_jpeg(_jpeg(**options)).decode_bytes == expected


@pytest.mark.parametrize(
    ("size", "scale"),
    [
        ((1, 1), 1),
        ((3135, 100), 1),
        ((3136, 100), 2),
        ((100, 6272), 4),
        ((12_000, 1), 4),
        ((12_544, 1), 8),
    ],
)
def test_the_decoder_shrinks_as_far_as_enough_is_left(size: tuple[int, int], scale: int) -> None:
    assert draft_scale(*size) == scale


def test_fill_bytes_and_lone_markers_stand_between_segments() -> None:
    data = _jpeg(b"\xff\xff\xff", _segment(0xFE, b"hola"), b"\xff\x01")
    header = read_jpeg(data)

    assert (header.width, header.height) == (16, 9)
    assert header.removed(data) == (Removed.COMMENT,)


def test_a_comment_may_stand_behind_a_pass() -> None:
    data = _jpeg()[:-2] + _segment(0xFE, b"%pdf-") + b"\xff\xd9"

    assert read_jpeg(data).removed(data) == (Removed.COMMENT,)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xff\xff",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xfe\x00\x01\xff\xd9",
        b"\xff\xd8hola",
        _jpeg(scans=0),
        _jpeg()[:-2],
        _jpeg(factors=b""),
        _jpeg(factors=b"\x01"),
        _jpeg(_segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")),
        _jpeg()[:2] + _segment(0xC0, b"\x08\x00") + b"\xff\xda\x00\x02\xff\xd9",
    ],
)
def test_a_jpeg_that_is_not_whole_is_broken(data: bytes) -> None:
    with pytest.raises(InvalidRequest, match="broken"):
        read_jpeg(data)


@pytest.mark.parametrize("cut", [lambda data: data[:20], lambda data: data[:-5]])
def test_a_png_that_is_not_whole_is_broken(cut: Any) -> None:
    with pytest.raises(InvalidRequest, match="broken"):
        read_png(cut(pictures.flat_png(2, 2)))


def test_a_png_starts_with_its_head_and_has_one() -> None:
    plain = pictures.flat_png(2, 2)
    head, rest = plain[8:33], plain[33:]

    for data in (plain[:8] + rest, plain[:8] + head + head + rest):
        with pytest.raises(InvalidRequest, match="broken"):
            read_png(data)
    with pytest.raises(InvalidRequest, match="broken"):
        read_png(plain[:8] + pictures.chunk(b"IHDR", b"short") + rest)


@pytest.mark.parametrize(
    "chunks",
    [
        b"",
        b"VP8L\x00\x00\x00\x00",
        b"VP8X\x04\x00\x00\x00hola",
        b"VP8 \xff\x00\x00\x00",
        b"EXIF\0\0\0\0",
    ],
)
def test_a_webp_without_a_size_is_broken(chunks: bytes) -> None:
    body = b"WEBP" + chunks
    with pytest.raises(InvalidRequest, match="broken"):
        read_webp(b"RIFF" + struct.pack("<I", len(body)) + body)


def test_a_file_is_cut_into_so_many_parts_and_no_more() -> None:
    comment = _segment(0xFE, b"")
    assert len(read_jpeg(_jpeg(comment * (MAX_PARTS - 2))).metadata) == MAX_PARTS - 2
    with pytest.raises(InvalidRequest, match="memory"):
        read_jpeg(_jpeg(comment * (MAX_PARTS - 1)))

    assert read_jpeg(_jpeg(scans=MAX_SCANS)).width == 16
    with pytest.raises(InvalidRequest, match="memory"):
        read_jpeg(_jpeg(scans=MAX_SCANS + 1))


def test_a_bare_file_has_the_same_pixels_and_nothing_else() -> None:
    for file_format, bare in (("JPEG", bare_jpeg), ("PNG", bare_png)):
        data = bare(pictures.burdened(file_format).removesuffix(pictures.SECRET))
        header = READERS[file_format](data)

        assert header.removed(data) == ()
        assert pictures.SECRET not in data


def test_what_adobe_says_of_the_colours_is_kept() -> None:
    """Without it CMYK comes out as its negative."""
    data = pictures.saved(Image.new("CMYK", (16, 16)))

    assert b"Adobe" in data and b"Adobe" in bare_jpeg(data)


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ((12_000, 2_083, 0), None),
        ((12_001, 1, 0), "pixels"),
        ((1, 12_001, 0), "pixels"),
        ((5_000, 5_000, 0), None),
        ((5_000, 5_001, 0), "pixels"),
        ((0, 1, 0), "broken"),
        ((1, 0, 0), "broken"),
        ((1, 1, MAX_DECODE_BYTES - 20), None),
        ((1, 1, MAX_DECODE_BYTES - 19), "memory"),
    ],
)
def test_the_bounds_are_the_last_that_are_taken(
    header: tuple[int, int, int], complaint: str | None
) -> None:
    """Here for a file of ten bytes."""
    width, height, memory = header
    checked = ImageHeader(ImageFormat.PNG, width, height, memory, end=10)

    if complaint is None:
        checked.check(10)
        assert checked.removed(b"x" * 10) == ()
    else:
        with pytest.raises(InvalidRequest, match=complaint):
            checked.check(10)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("place", [True, False])
def test_exif_tells_the_orientation_and_if_there_is_a_place(orientation: int, place: bool) -> None:
    block = pictures.exif(orientation, place=place)

    assert (
        read_exif(block) == read_exif(block.removeprefix(b"Exif\0\0")) == Exif(orientation, place)
    )


def test_exif_is_read_from_either_end() -> None:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)

    assert read_exif(b"MM\0*\0\0\0\x08\0\x01" + entry) == Exif(6)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"Exif\0\0",
        b"hola",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
        b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 9, 0),
        b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)[:-1],
    ],
)
def test_a_broken_exif_block_tells_nothing(block: bytes) -> None:
    assert read_exif(block) == Exif()


@pytest.mark.timeout(60)
def test_a_long_run_of_fill_bytes_is_read_once() -> None:
    """Read anew from every place, two megabytes of them would hold the process for hours."""
    run = b"\xff" * 2_000_000
    plain = _jpeg()
    stuffed = plain.replace(b"\x01\xff\x00\x02", b"\x01" + run + b"\x00\x02")
    filled = plain[:2] + run + plain[2:]

    assert len(stuffed) > 2_000_000
    for data in (stuffed, filled):
        header = read_jpeg(data)
        assert (header.width, header.height, header.end) == (16, 9, len(data))
