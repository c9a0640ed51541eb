"""Forms with files, as browsers send them: a file comes out byte for byte, and what is no form is refused."""

import pytest

from sla.access.multipart import PartsError, Upload, parts_of

KIND = "multipart/form-data; boundary=----x1"


def body(*parts: tuple[str, bytes]) -> bytes:
    pieces = (f"------x1\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + held for head, held in parts)
    return b"\r\n".join([*pieces, b"------x1--\r\n"])


def test_fields_and_files_come_out_byte_for_byte() -> None:
    held = b"\r\n--\x00\xff\r\n----x\r\n\r\n\r\n"
    sent = body(('name="mapping"', "甲\r\n乙".encode()), ('name="file"; filename="旧.csv"', held))
    assert parts_of(KIND, sent, 9) == ([("mapping", "甲\r\n乙")], {"file": Upload("旧.csv", held)})


def test_a_file_that_was_not_chosen_is_none() -> None:
    sent = body(('name="file"; filename=""', b""))
    assert parts_of('multipart/form-data; boundary="----x1"', sent, 9) == ([], {})


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("multipart/form-data", body(('name="a"', b""))),
        (KIND, b""),
        (KIND, b"------x1"),
        (KIND, body(('name="a"', b""))[:-6]),
        (KIND, body(('nome="a"', b""))),
        (KIND, body(('name="a"; x="' + "y" * 3_000 + '"', b""))),
        (KIND, body(('name="a"', b"\xff"))),
        (KIND, body(*[('name="a"', b"")] * 10)),
    ],
)
def test_what_is_no_form_is_refused(kind: str, sent: bytes) -> None:
    with pytest.raises(PartsError):
        parts_of(kind, sent, 9)
