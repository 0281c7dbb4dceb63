"""Files as people send them, made on the spot: photos, videos, PDFs."""

import io
from fractions import Fraction

from PIL import Image


def jpeg(width=800, height=600, *, orientation=None, mode="RGB", **options):
    """A photo, blue on its left and red on its right half, that tells who took it and where."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x010F] = "Camera of Maria"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (53.0, 33.0, 1.0)
    if orientation:
        exif[0x0112] = orientation
    buffer = io.BytesIO()
    picture.convert(mode).save(buffer, "JPEG", exif=exif, **options)
    return buffer.getvalue()


def png(picture, **options):
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", **options)
    return buffer.getvalue()


def video(kind="mp4", codec="libx264", sound="aac", *, seconds=2, width=160, height=96, metadata=None, rate=10):
    """A small video: green, then white after half of its time, with a tone."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind) as container:
        container.metadata.update(metadata or {"location": "+53.5503+009.9937/", "make": "Camera of Maria", "title": "Maria at home"})
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        spoken = container.add_stream(sound, rate=48_000) if sound else None
        for index in range(seconds * rate):
            still = Image.new("RGB", (width, height), "green" if index < seconds * rate // 2 else "white")
            frame = av.VideoFrame.from_image(still)
            frame.pts, frame.time_base = index, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if spoken:
            layout, planar = "stereo", spoken.codec_context.format.name
            size = spoken.codec_context.frame_size or 960
            for index in range(seconds * 48_000 // size):
                silence = av.AudioFrame(format=planar, layout=layout, samples=size)
                for plane in silence.planes:
                    plane.update(bytes(plane.buffer_size))
                silence.sample_rate, silence.pts, silence.time_base = 48_000, index * size, Fraction(1, 48_000)
                container.mux(spoken.encode(silence))
            container.mux(spoken.encode())
    return buffer.getvalue()


def pdf(*, pages=1, password="", author="Maria", script=True, attached=True, picture=b""):
    """A PDF that tells who wrote it, runs a script when opened, and carries a file."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(200, 200)
    if picture:
        stream = DecodedStreamObject()
        stream.set_data(picture)
        stream.update({NameObject("/Filter"): NameObject("/DCTDecode"), NameObject("/Subtype"): NameObject("/Image")})
        page[NameObject("/Thumb")] = writer._add_object(stream)
    if author:
        writer.add_metadata({"/Author": author, "/Title": "Private"})
    if script:
        action = {"/Type": NameObject("/Action"), "/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert('hello');")}
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(
            DictionaryObject({NameObject(key): value for key, value in action.items()})
        )
    if attached:
        writer.add_attachment("secret.txt", b"a hidden file")
    if password:
        writer.encrypt(password)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
