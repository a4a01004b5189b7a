"""Attachments are of the kind that a component takes, and two texts make two files."""

from io import BytesIO

import pytest
from PIL import Image

from conformance.samples import attachment


@pytest.mark.parametrize(
    ("media", "begins", "ends"),
    [
        ((), b"%PDF-", ".pdf"),
        (("image/png", "application/pdf"), b"%PDF-", ".pdf"),
        (("image/jpeg", "image/png"), b"\x89PNG", ".png"),
        (("image/jpeg",), b"\xff\xd8\xff", ".jpg"),
    ],
)
def test_an_attachment_is_of_a_kind_that_is_taken(media: tuple[str, ...], begins: bytes, ends: str) -> None:
    one, other = attachment(media, "one"), attachment(media, "other")
    assert one[0].startswith(begins)
    assert one[1].endswith(ends)
    assert one[0] != other[0]


@pytest.mark.parametrize("media", ["image/png", "image/jpeg"])
def test_a_picture_can_be_read(media: str) -> None:
    with Image.open(BytesIO(attachment((media,), "text")[0])) as picture:
        picture.load()
        assert (picture.size, picture.mode) == ((8, 8), "L")
