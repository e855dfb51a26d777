"""Pictures for the browsers' fake cameras: each seat a colour of its own, moving, at an exact size.

Chromium plays a Y4M file as a camera (`--use-file-for-fake-video-capture`). A colour per seat lets a
test see that a tile shows the right person.
"""

from __future__ import annotations

from pathlib import Path

from server.domain.seats import Seat

COLOURS: dict[Seat, tuple[int, int, int]] = {
    Seat.THERAPIST: (120, 90, 200),
    Seat.PARTNER_A: (220, 140, 40),
    Seat.PARTNER_B: (30, 150, 130),
}
"""The colour in the middle of each seat's picture (red, green, blue)."""


def to_yuv(red: int, green: int, blue: int) -> tuple[int, int, int]:
    """BT.601, limited range."""
    luma = 16 + (65.738 * red + 129.057 * green + 25.064 * blue) / 256
    u = 128 + (-37.945 * red - 74.494 * green + 112.439 * blue) / 256
    v = 128 + (112.439 * red - 94.154 * green - 18.285 * blue) / 256
    return round(luma), round(u), round(v)


def write_camera(path: Path, seat: Seat, width: int, height: int, *, rate: int = 15, frames: int = 15) -> Path:
    """A still colour with a bright bar that wanders along the top eighth, so that every frame differs."""
    luma, u, v = to_yuv(*COLOURS[seat])
    chroma = bytes([u]) * (width * height // 4) + bytes([v]) * (width * height // 4)
    plain = bytes([luma]) * width
    bar = width // frames
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420mpeg2\n".encode())
        for frame in range(frames):
            row = bytearray(plain)
            row[frame * bar : (frame + 1) * bar] = bytes([235]) * bar
            file.write(b"FRAME\n" + bytes(row) * (height // 8) + plain * (height - height // 8) + chroma)
    return path
