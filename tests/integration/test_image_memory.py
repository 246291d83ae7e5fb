"""What pictures cost: the memory of a process that is sent the worst ones."""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from PIL.Image import Image, effect_noise

from llama_marketing.testing import pictures

MOST_BYTES = 150_000_000

# Reads each file, as a server would, and prints by how much the process grew at its peak.
CHILD = """
import sys
from pathlib import Path
from llama_marketing.adapters.images.intake import PillowImageIntake
from llama_marketing.domain.errors import InvalidRequest

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))

intake = PillowImageIntake()
before = peak()
for path in sys.argv[1:]:
    try:
        intake.prepare(Path(path).read_bytes())
        taken = "taken"
    except InvalidRequest:
        taken = "refused"
    print(taken, Path(path).stem)
print("grown", peak() - before)
"""


def _smooth(width: int, height: int, mode: str = "RGB") -> Image:
    """Soft colours, so that the file stays small."""
    return effect_noise((width // 50, height // 50), 90).resize((width, height)).convert(mode)


def _heavy_png() -> bytes:
    """As many pixels as are taken in as many bytes as are taken."""
    chance = Random(1)
    noise = (b"\0" + chance.randbytes(20_000) for _ in range(500))
    packer = zlib.compressobj(1)
    packed = [packer.compress(line) for line in noise]
    packed += [packer.compress(bytes(20_001)) for _ in range(4_500)]
    plain = pictures.flat_png(5_000, 5_000, 6)
    pixels = pictures.chunk(b"IDAT", b"".join([*packed, packer.flush()]))
    return plain[:33] + pixels + pictures.chunk(b"IEND", b"")


WORST: dict[str, Callable[[], bytes]] = {
    "png_rgba": lambda: pictures.flat_png(5_000, 5_000, 6),
    "png_rgba_heavy": _heavy_png,
    "png_16_bits": lambda: pictures.flat_png(5_000, 5_000, 0, 16),
    "png_rgba_16_bits": lambda: pictures.flat_png(5_000, 5_000, 6, 16),
    "png_palette": lambda: pictures.flat_png(5_000, 5_000, 3),
    "png_just_above_half": lambda: pictures.flat_png(3_135, 3_135, 6),
    "png_long": lambda: pictures.flat_png(12_000, 2_083, 6),
    "webp_uhd": lambda: pictures.saved(_smooth(3_840, 2_160, "RGBA"), "WEBP", quality=20),
    "jpeg": lambda: pictures.saved(_smooth(5_000, 5_000), quality=60),
    "jpeg_passes": lambda: pictures.saved(_smooth(5_000, 5_000), quality=60, progressive=True),
    "jpeg_just_above_half": lambda: pictures.saved(_smooth(3_135, 3_135), subsampling=0),
}
"""The largest that are taken, of each kind."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_the_worst_pictures_grow_a_process_by_150_megabytes_at_most(tmp_path: Path) -> None:
    """Bombs and the largest that are taken, one after the other; Pillow itself is in it."""
    bombs = [name for name in pictures.HOSTILE if "bomb" in name or "million" in name]
    made = {f"bomb_{place}": pictures.HOSTILE[name] for place, name in enumerate(bombs)} | WORST
    paths = []
    for name, make in made.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(make())

    result = subprocess.run(
        [sys.executable, "-c", CHILD, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    *told, (_, grown) = (line.split() for line in result.stdout.splitlines())
    assert {name for taken, name in told if taken == "taken"} == set(WORST)
    assert int(grown) <= MOST_BYTES
