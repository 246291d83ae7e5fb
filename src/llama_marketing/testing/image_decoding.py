"""The contract of the port ``ImageIntake``, as tests for any adapter that decodes."""

from __future__ import annotations

import io
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.imaging.facts import LONGEST_SIDE, Removed
from llama_marketing.testing import pictures
from llama_marketing.testing.image_intake import ImageDoorContract, refused

FORMATS: Final = ("JPEG", "PNG", "WEBP")
ALL_KINDS: Final = {
    "JPEG": set(Removed) - {Removed.FRAMES},
    "PNG": set(Removed) - {Removed.FRAMES},
    "WEBP": set(Removed) - {Removed.FRAMES, Removed.COMMENT},
}
_BLUE: Final = (0x18, 0x77, 0xF2)


class ImageIntakeContract(ImageDoorContract):
    """What an adapter keeps that decodes."""

    @pytest.mark.parametrize("name", pictures.HOSTILE)
    def test_a_hostile_file_isrefused(self, name: str) -> None:
        """Bombs, other formats, files in files, halves: one Spanish sentence each."""
        error = refused(self.make(), pictures.HOSTILE[name]())

        assert error.user_message.startswith("La imagen ")

    @pytest.mark.parametrize("file_format", FORMATS)
    def test_a_picture_is_measured_and_written_anew(self, file_format: str) -> None:
        """As a JPEG of the same size, where it is small."""
        data = pictures.saved(pictures.picture(640, 480), file_format)
        prepared = self.make().prepare(data)

        assert prepared.image.media_type == "image/jpeg"
        assert (prepared.width, prepared.height) == (640, 480) == _size(prepared.image.data)
        facts = prepared.facts
        assert (facts.width, facts.height, facts.bytes) == (640, 480, len(data))
        assert facts.format == file_format.lower()
        assert (facts.animated, facts.has_transparency, facts.removed) == (False, False, ())
        assert facts.palette[0].share == pytest.approx(15 / 16, abs=0.03)
        assert _near(facts.palette[0].colour().hex, _BLUE)

    @pytest.mark.parametrize("file_format", FORMATS)
    def test_nothing_but_the_picture_goes_on(self, file_format: str) -> None:
        """No GPS, Exif, XMP, profile, comment or tail; the facts name what there was."""
        prepared = self.make().prepare(pictures.burdened(file_format))

        sent = prepared.image.data
        for mark in (pictures.SECRET, b"Exif", b"GPS", b"adobe:ns:meta", b"ICC_PROFILE"):
            assert mark not in sent
        assert _metadata(sent) == {}
        assert sent.endswith(b"\xff\xd9")
        assert set(prepared.facts.removed) == ALL_KINDS[file_format]

    def test_exif_without_a_place_is_not_called_gps(self) -> None:
        """What is said was removed was there."""
        data = pictures.saved(pictures.picture(), exif=pictures.exif(place=False))

        assert self.make().prepare(data).facts.removed == (Removed.EXIF,)

    @pytest.mark.parametrize("file_format", FORMATS)
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_it_is_held_upright(self, file_format: str, orientation: int) -> None:
        """The white corner is where a person sees it, and the size too."""
        data = pictures.saved(
            pictures.picture(80, 40), file_format, exif=pictures.exif(orientation)
        )
        prepared = self.make().prepare(data)

        size = (80, 40) if orientation < 5 else (40, 80)
        assert (prepared.facts.width, prepared.facts.height) == size == _size(prepared.image.data)
        corners = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1)}
        assert _white_corner(prepared.image.data) == corners.get(orientation, (0, 1))

    @pytest.mark.parametrize(
        "block", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"x" * 99]
    )
    def test_a_broken_exif_block_does_no_harm(self, block: bytes) -> None:
        """The picture is taken as it lies."""
        prepared = self.make().prepare(pictures.saved(pictures.picture(80, 40), exif=block))

        assert (prepared.width, prepared.height) == (80, 40)

    @pytest.mark.parametrize(("width", "height"), [(4000, 3000), (1568, 1570), (300, 6000)])
    @pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
    def test_a_large_picture_is_scaled_down(
        self, file_format: str, width: int, height: int
    ) -> None:
        """To 1,568 pixels of the longest side; the facts keep the size of the file."""
        data = pictures.saved(pictures.picture(width, height), file_format)
        prepared = self.make().prepare(data)

        scale = LONGEST_SIDE / max(width, height)
        size = _size(prepared.image.data)
        assert max(size) == LONGEST_SIDE
        assert size == pytest.approx((width * scale, height * scale), abs=1)
        assert (prepared.facts.width, prepared.facts.height) == (width, height)

    @pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 2000), (12_000, 1), (3, 3)])
    def test_the_smallest_pictures_are_measured_too(self, size: tuple[int, int]) -> None:
        """Also where there is no pixel between others."""
        prepared = self.make().prepare(pictures.flat_png(*size))

        assert (prepared.facts.width, prepared.facts.height) == size
        assert prepared.facts.sharpness == 0

    @pytest.mark.parametrize(
        ("mode", "file_format", "colour"),
        [
            ("L", "PNG", 100),
            ("L", "JPEG", 100),
            ("1", "PNG", 0),
            ("P", "PNG", 0),
            ("I;16", "PNG", 100 * 256),
            ("LA", "PNG", (100, 255)),
            ("CMYK", "JPEG", (0, 0, 0, 155)),
        ],
    )
    def test_every_mode_is_read(self, mode: str, file_format: str, colour: Any) -> None:
        """16 bits are scaled, not cut; CMYK is no negative."""
        from PIL import Image

        data = pictures.saved(Image.new(mode, (64, 48), colour), file_format)
        facts = self.make().prepare(data).facts

        expected = 0 if mode in ("1", "P") else 100 * 100 / 255
        assert facts.brightness == pytest.approx(expected, abs=1.0)
        assert not facts.has_transparency

    @pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
    def test_what_is_transparent_stands_on_white(self, file_format: str) -> None:
        """Not on the black that lies under most of it."""
        clear = pictures.picture(mode="RGBA", colour=(0, 0, 0, 0))
        facts = self.make().prepare(pictures.saved(clear, file_format)).facts

        assert facts.has_transparency
        assert facts.brightness > 99

    @pytest.mark.parametrize("mode", ["P", "L", "RGB"])
    def test_a_transparent_colour_stands_on_white(self, mode: str) -> None:
        """A PNG may name one colour as clear."""
        from PIL import Image

        key = (0, 0, 0) if mode == "RGB" else 0
        data = pictures.saved(Image.new(mode, (64, 48)), "PNG", transparency=key)
        facts = self.make().prepare(data).facts

        assert facts.has_transparency
        assert facts.brightness == 100

    @pytest.mark.parametrize("colour_type", [0, 2])
    def test_a_transparent_colour_of_16_bits_does_no_harm(self, colour_type: int) -> None:
        """Its pixels have 8 by then."""
        plain = pictures.flat_png(8, 8, colour_type, 16)
        key = pictures.chunk(b"tRNS", b"\xff\xff" * (1 if colour_type == 0 else 3))

        facts = self.make().prepare(plain[:33] + key + plain[33:]).facts

        assert facts.brightness == 0

    @pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
    def test_of_an_animation_the_first_frame_is_taken(self, file_format: str) -> None:
        """And it is said that there were more."""
        prepared = self.make().prepare(pictures.animated(file_format))

        assert prepared.facts.animated
        assert prepared.facts.removed == (Removed.FRAMES,)
        assert _near(prepared.facts.palette[0].hex, _BLUE)
        assert b"acTL" not in prepared.image.data and b"ANMF" not in prepared.image.data

    @pytest.mark.parametrize("file_format", FORMATS)
    def test_no_part_of_a_file_passes_for_the_whole(self, file_format: str) -> None:
        """Wherever it is cut."""
        data = pictures.saved(pictures.picture(), file_format)
        intake = self.make()

        for length in range(0, len(data), max(1, len(data) // 40)):
            refused(intake, data[:length])
        refused(intake, data[:-1])

    @given(data=st.data())
    def test_a_damaged_file_is_read_or_refused(self, data: st.DataObject) -> None:
        """Nothing else ever comes out of it."""
        whole = bytearray(_SAMPLES[data.draw(st.sampled_from(FORMATS))]())
        # A colour profile holds the second it was made in, so a file's length differs a little.
        places = st.integers(0, 1_000_000)
        for place in data.draw(st.lists(places, min_size=1, max_size=6)):
            whole[place % len(whole)] = data.draw(st.integers(0, 255))

        try:
            prepared = self.make().prepare(bytes(whole))
        except InvalidRequest:
            return
        assert prepared.image.media_type == "image/jpeg"
        assert max(prepared.width, prepared.height) <= LONGEST_SIDE
        assert sum(each.share for each in prepared.facts.palette) == pytest.approx(1, abs=0.01)

    def test_a_picture_out_of_focus_is_less_sharp(self) -> None:
        """And one with text-like edges has more contrast than a plain one."""
        from PIL import Image, ImageFilter

        board = Image.linear_gradient("L").point(lambda value: 255 * (value // 8 % 2))
        sharp = self.make().prepare(pictures.saved(board, "PNG")).facts
        blurred = board.filter(ImageFilter.GaussianBlur(4))
        soft = self.make().prepare(pictures.saved(blurred, "PNG")).facts
        plain = self.make().prepare(pictures.flat_png(64, 64)).facts

        assert sharp.sharpness > 10 * soft.sharpness
        assert sharp.contrast > 90 > soft.contrast > plain.contrast == 0

    def test_the_same_picture_has_the_same_digest(self) -> None:
        """Whatever metadata it came with."""
        intake = self.make()
        plain = intake.prepare(pictures.saved(pictures.picture(), "PNG"))

        assert intake.prepare(pictures.burdened("PNG")).digest == plain.digest


_SAMPLES: Final = {name: (lambda name=name: pictures.burdened(name)) for name in FORMATS}


def _opened(data: bytes) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(data))


def _size(data: bytes) -> tuple[int, int]:
    with _opened(data) as image:
        width, height = image.size
    return width, height


def _metadata(data: bytes) -> dict[str, Any]:
    """What the file says beside its pixels; the density of JFIF is in every JPEG."""
    with _opened(data) as image:
        return {name: value for name, value in image.info.items() if not name.startswith("jfif")}


def _near(hex_colour: str, colour: tuple[int, int, int]) -> bool:
    """Within what the losses of JPEG and WebP leave."""
    channels = bytes.fromhex(hex_colour[1:])
    return all(abs(one - two) <= 6 for one, two in zip(channels, colour, strict=True))


def _white_corner(data: bytes) -> tuple[int, int]:
    """Which corner is white: (0, 0) is the top left."""
    with _opened(data) as image:
        grey = image.convert("L")
        right, bottom = grey.width - 3, grey.height - 3
        corners = {(0, 0): (2, 2), (1, 0): (right, 2), (0, 1): (2, bottom), (1, 1): (right, bottom)}
        return max(corners, key=lambda corner: grey.getpixel(corners[corner]))
