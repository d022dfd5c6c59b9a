"""What becomes of a file: WebP in several sizes and nothing else of it, or a refusal that says why."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.products.media.pictures import PIXELS_MAX, SIDE_MAX, Encoder, PictureRejected, encode
from tests.subgraphs.products.photographs import bomb, moving, photograph, picture, shown


@pytest.mark.parametrize(
    ("width", "height", "sizes"),
    [
        (2400, 1200, [(160, 80), (480, 240), (960, 480), (1600, 800)]),
        (480, 480, [(160, 160), (480, 480)]),
        (500, 100, [(160, 32), (480, 96), (500, 100)]),
        (40, 900, [(40, 900)]),
        (3000, 20, [(160, 1), (480, 3), (960, 6), (1600, 11)]),
    ],
)
def test_a_picture_gets_smaller_sizes_and_never_a_larger_one(
    width: int, height: int, sizes: list[tuple[int, int]]
) -> None:
    encoded = encode(picture(width, height), "image/png")

    assert [(size.width, size.height) for size in encoded.sizes] == sizes
    assert (encoded.width, encoded.height) == sizes[-1]
    for size in encoded.sizes:
        assert shown(size.body).size == (size.width, size.height)


@pytest.mark.parametrize(
    ("format", "mode", "transparent"),
    [
        ("PNG", "RGBA", True),
        ("PNG", "LA", True),
        ("PNG", "L", False),
        ("PNG", "1", False),
        ("PNG", "P", False),
        ("JPEG", "CMYK", False),
        ("WEBP", "RGBA", True),
    ],
)
def test_every_kind_of_pixel_is_taken(format: str, mode: str, *, transparent: bool) -> None:
    encoded = encode(picture(64, 64, format=format, mode=mode), f"image/{format.lower()}")

    # WebP drops a channel that hides nothing.
    assert shown(encoded.sizes[0].body).mode in ({"RGBA", "RGB"} if transparent else {"RGB"})


def test_nothing_a_camera_said_is_left() -> None:
    sent = photograph()
    encoded = encode(sent, "image/jpeg")

    assert b"SecretCamera" in sent
    for size in encoded.sizes:
        assert b"Secret" not in size.body
        assert b"EXIF" not in size.body
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(shown(size.body).info)


def test_a_picture_that_was_taken_on_its_side_stands_upright() -> None:
    encoded = encode(photograph(800, 600, orientation=6), "image/jpeg")

    assert (encoded.width, encoded.height) == (600, 800)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (SVG, "image/png", "not a JPEG, PNG or WebP"),
        (b"GIF89a" + bytes(100), "image/png", "not a JPEG, PNG or WebP"),
        (b"<html><script>alert(1)</script>", "image/jpeg", "not a JPEG, PNG or WebP"),
        (b"", "image/png", "not a JPEG, PNG or WebP"),
        (picture(format="BMP"), "image/png", "not a JPEG, PNG or WebP"),
        (picture(), "image/jpeg", "is image/png, not image/jpeg"),
        (picture()[:-200], "image/png", "damaged"),
        (b"\xff\xd8\xff" + bytes(2_000), "image/jpeg", "damaged"),
        (b"RIFF\x00\x00\x00\x00WEBP" + bytes(50), "image/webp", "damaged"),
        (bomb(100_000, 100_000), "image/png", f"at most {SIDE_MAX}"),
        (bomb(SIDE_MAX, PIXELS_MAX // SIDE_MAX + 1), "image/png", "million in all"),
        (bomb(2**31 - 1, 2**31 - 1), "image/png", f"at most {SIDE_MAX}"),
        (bomb(0, 5), "image/png", "damaged"),
        (picture(8, 8), "image/png", "at least 16"),
        (moving(), "image/webp", "stands still"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_what_is_no_picture_is_refused(body: bytes, content_type: str, said: str) -> None:
    with pytest.raises(PictureRejected, match=said):
        encode(body, content_type)


@given(st.binary(max_size=400), st.sampled_from(["png", "jpeg", "webp"]), st.integers(0, 400))
def test_a_file_with_anything_in_it_is_a_picture_or_refused(noise: bytes, format: str, at: int) -> None:
    good = picture(32, 32, format=format.upper())
    spoilt = good[:at] + noise + good[at + len(noise) :]

    try:
        encoded = encode(spoilt, f"image/{format}")
    except PictureRejected:
        return
    assert shown(encoded.sizes[-1].body).size == (encoded.width, encoded.height)


@pytest.mark.anyio
async def test_encoding_leaves_the_event_loops_thread_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[str] = set()
    from subgraphs.products.media import pictures

    open_here = pictures._open

    def noting(*arguments: object) -> object:
        threads.add(threading.current_thread().name)
        return open_here(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pictures, "_open", noting)
    encoder = Encoder()
    try:
        await encoder.encode(picture(), "image/png")
    finally:
        await encoder.close()

    assert threads
    assert threading.current_thread().name not in threads
