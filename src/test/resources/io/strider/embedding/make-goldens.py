#!/usr/bin/env python3
"""Makes the small pictures beside it and what Pillow decodes or resizes them to.

Needs Pillow (12.3.0 was used). Run it in this folder.
"""
import io
from PIL import Image, ImageOps

photograph = Image.open("chelsea.png").convert("RGB")
small = photograph.crop((120, 90, 120 + 61, 90 + 43))
lines = []


def note(kind, name, picture, *words):
    with open(name + ".rgb", "wb") as file:
        file.write(picture.tobytes())
    lines.append(" ".join(map(str, [kind, name, picture.height, picture.width, *words])))


def decoded(name, picture, tolerance=0, **options):
    picture.save(name, **options)
    read = ImageOps.exif_transpose(Image.open(name)).convert("RGB")
    note("decode", name, read, tolerance)


decoded("subsampled.jpg", small, quality=80, subsampling=2)
decoded("subsampled-in-width.jpg", small, quality=80, subsampling=1)
decoded("full.jpg", small, quality=90, subsampling=0)
decoded("progressive.jpg", small, quality=70, progressive=True)
decoded("restart.jpg", small, quality=70, restart_marker_blocks=3)
decoded("grey.jpg", small.convert("L"), quality=80)
decoded("rgb.jpg", small, quality=80, keep_rgb=True)
decoded("cmyk.jpg", small.convert("CMYK"), quality=80)
exif = Image.Exif()
exif[0x0112] = 6
decoded("sideways.jpg", small, quality=80, exif=exif)
decoded("sideways.png", small.crop((0, 0, 9, 5)), exif=exif)
decoded("palette.png", small.quantize(13))
decoded("translucent.png", Image.merge("RGBA", [*small.split(), small.convert("L")]))
decoded("interlaced.gif", small.quantize(60), interlace=True)
decoded("straight.gif", small.quantize(200), interlace=False)
decoded("palette.bmp", small.quantize(13))
decoded("plain.bmp", small)
decoded("lossless.webp", small, lossless=True)
decoded("lossless-palette.webp", small.quantize(7), lossless=True)
decoded("sideways.webp", small.crop((0, 0, 9, 5)), lossless=True, exif=exif)
decoded(
    "animated.webp",
    small,
    save_all=True,
    append_images=[ImageOps.mirror(small)],
    lossless=True,
)
gradient = Image.linear_gradient("L").resize((61, 43))
smooth = Image.merge("RGB", [gradient, gradient.rotate(180), gradient.rotate(180)])
decoded("lossy.webp", smooth, 16, quality=90)
translucent = smooth.convert("RGBA")
translucent.putalpha(200)
decoded("lossy-translucent.webp", translucent, 16, quality=90)

# An Adobe YCCK picture: the CMYK one with its marker's transform set to 2.
data = bytearray(open("cmyk.jpg", "rb").read())
data[data.index(b"Adobe") + 11] = 2
open("ycck.jpg", "wb").write(data)
note("decode", "ycck.jpg", Image.open(io.BytesIO(data)).convert("RGB"), 0)

small.save("source.png")
for code, name in enumerate(["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"]):
    for height, width in [(17, 29), (90, 23), (11, 100), (1, 1), (43, 30), (20, 61)]:
        note("resize", f"{name}-{height}x{width}", small.resize((width, height), code), code)

with open("cases.txt", "w") as file:
    file.write("\n".join(lines) + "\n")
