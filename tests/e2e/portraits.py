"""Three drawn people for screenshots: Chromium draws them, and they become pictures for fake cameras.

The drawing is plain shapes; each seat has a room, a shirt and hair of its own.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from server.domain.seats import Seat

WIDTH, HEIGHT = 1280, 720


@dataclass(frozen=True, slots=True)
class Portrait:
    """The colours of one person and their room; `hair` is an SVG path behind, `fringe` one before the face."""

    wall: tuple[str, str]
    lamp: str
    shirt: str
    skin: str
    shade: str
    hair_colour: str
    hair: str
    fringe: str
    extra: str = ""


PORTRAITS: dict[Seat, Portrait] = {
    Seat.THERAPIST: Portrait(
        wall=("#4b4560", "#2b2838"),
        lamp="#ffd9a0",
        shirt="#6d5f8f",
        skin="#e9bfa0",
        shade="#d3a283",
        hair_colour="#b9b4ac",
        hair="M520 330 q0 -150 120 -150 t120 150 q0 70 -22 110 h-196 q-22 -40 -22 -110z",
        fringe="M532 312 q8 -112 108 -112 q102 0 108 112 q-46 -62 -104 -62 t-112 62z",
        extra='<g fill="none" stroke="#3a3532" stroke-width="5"><circle cx="596" cy="336" r="27"/>'
        '<circle cx="684" cy="336" r="27"/><path d="M623 336h34"/></g>',
    ),
    Seat.PARTNER_A: Portrait(
        wall=("#7a5a3e", "#3d2c22"),
        lamp="#ffe2b0",
        shirt="#c8793a",
        skin="#c98f6b",
        shade="#b07a57",
        hair_colour="#2c1d18",
        hair="M500 360 q-8 -190 140 -190 t140 190 q4 120 -34 190 h-212 q-38 -70 -34 -190z",
        fringe="M528 330 q-2 -126 112 -128 q116 2 112 128 q-20 -66 -62 -88 q-70 64 -162 88z",
    ),
    Seat.PARTNER_B: Portrait(
        wall=("#34504f", "#1d2f31"),
        lamp="#f7e3b8",
        shirt="#2f7f73",
        skin="#efc7a7",
        shade="#d9a988",
        hair_colour="#8a5a32",
        hair="M528 320 q-4 -138 112 -138 t112 138 l-10 36 h-204z",
        fringe="M530 318 q0 -116 110 -118 q96 2 112 96 q-58 -34 -92 -36 q-88 6 -130 58z",
        extra='<path d="M560 398 q6 78 80 80 q74 -2 80 -80 q-8 34 -36 40 q-44 -18 -88 0 q-28 -6 -36 -40z" '
        'fill="#8a5a32" opacity=".92"/><path d="M606 428 q34 20 68 0" fill="none" stroke="#a4544a" stroke-width="7"/>',
    ),
}


def svg(seat: Seat) -> str:
    """The drawing, 1280 × 720."""
    it = PORTRAITS[seat]
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720" width="1280" height="720">
<defs><linearGradient id="wall" x2="1" y2="1">
<stop stop-color="{it.wall[0]}"/><stop offset="1" stop-color="{it.wall[1]}"/>
</linearGradient><radialGradient id="light"><stop stop-color="{it.lamp}" stop-opacity=".75"/>
<stop offset="1" stop-color="{it.lamp}" stop-opacity="0"/></radialGradient></defs>
<rect width="1280" height="720" fill="url(#wall)"/>
<circle cx="1040" cy="190" r="330" fill="url(#light)"/>
<path d="M1000 210h80l26 70h-132z" fill="{it.lamp}" opacity=".85"/>
<path d="M1037 280h6v300h-6z" fill="#0006"/>
<rect x="120" y="96" width="220" height="150" rx="6" fill="#0003"/>
<rect x="134" y="110" width="192" height="122" fill="#fff1"/>
<rect y="560" width="1280" height="160" fill="#0002"/>
<path d="{it.hair}" fill="{it.hair_colour}"/>
<path d="M590 440h100v90q-50 44 -100 0z" fill="{it.shade}"/>
<path d="M300 720q10 -170 180 -196q84 -12 110 -36q50 46 100 0q26 24 110 36q170 26 180 196z" fill="{it.shirt}"/>
<path d="M590 488q50 60 100 0l14 12q-64 78 -128 0z" fill="#0002"/>
<ellipse cx="640" cy="350" rx="104" ry="130" fill="{it.skin}"/>
<ellipse cx="536" cy="356" rx="16" ry="26" fill="{it.shade}"/>
<ellipse cx="744" cy="356" rx="16" ry="26" fill="{it.shade}"/>
<path d="{it.fringe}" fill="{it.hair_colour}"/>
<g fill="#2a211d"><ellipse cx="597" cy="338" rx="9" ry="10"/><ellipse cx="683" cy="338" rx="9" ry="10"/></g>
<g fill="none" stroke="#2a211d" stroke-linecap="round"><path d="M576 308q20 -12 42 -3" stroke-width="8"/>
<path d="M662 305q22 -9 42 3" stroke-width="8"/><path d="M640 344q-10 40 4 46" stroke-width="5" stroke="{it.shade}"/>
<path d="M606 424q34 24 68 0" stroke-width="7" stroke="#a4544a"/></g>{it.extra}
</svg>"""


def write_portrait(browser: Browser, path: Path, seat: Seat) -> Path:
    """A Y4M picture of the seat's person, for `--use-file-for-fake-video-capture`."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    try:
        page.set_content(f'<body style="margin:0">{svg(seat)}</body>')
        planes = base64.b64decode(page.evaluate(TO_PLANES, [svg(seat), WIDTH, HEIGHT]))
    finally:
        page.close()
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F5:1 Ip A1:1 C420mpeg2\n".encode())
        for _ in range(5):
            file.write(b"FRAME\n" + planes)
    return path


TO_PLANES = """async ([svg, width, height]) => {
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([svg], {type: 'image/svg+xml'}));
    await image.decode();
    const draw = new OffscreenCanvas(width, height).getContext('2d');
    draw.drawImage(image, 0, 0);
    const rgba = draw.getImageData(0, 0, width, height).data;
    const planes = new Uint8Array(width * height * 3 / 2);
    let at = 0;
    for (let i = 0; i < width * height; i++) {
        const [r, g, b] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]];
        planes[at++] = 16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256;
    }
    for (const [kr, kg, kb] of [[-37.945, -74.494, 112.439], [112.439, -94.154, -18.285]]) {
        for (let y = 0; y < height; y += 2) for (let x = 0; x < width; x += 2) {
            const i = 4 * (y * width + x);
            planes[at++] = 128 + (kr * rgba[i] + kg * rgba[i + 1] + kb * rgba[i + 2]) / 256;
        }
    }
    let text = '';
    for (let i = 0; i < planes.length; i += 32768) text += String.fromCharCode(...planes.subarray(i, i + 32768));
    return btoa(text);
}"""
