"""Photos of visits: without place and device, within limits, kept once, gone with the record; served only to who may see the visit."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from navigator import photoroute
from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.delivery.photos import (
    LARGEST,
    LONGEST_SIDE,
    MOST,
    add_photo,
    list_photos,
    make_anew,
    photos_folder,
    read_photo,
    remove_photo,
    sweep,
)
from navigator.delivery.visits import remove_visit
from navigator.errors import InputError
from navigator.settings import settings
from navigator.store.audit import Filter, read_audit
from navigator.store.backup import backup, restore
from navigator.store.demo import remove_demo
from tests.delivery.test_visits import CHEN, ELSEWHERE, NOW, STAFF, TODAY, firm, note, sqlite, visit

__all__ = ["sqlite"]


@pytest.fixture
def kept(sqlite, tmp_path, monkeypatch) -> Iterator[Path]:
    """A store and a data folder of the test's own; gives where photos lie."""
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield photos_folder()
    settings.cache_clear()


def picture(shade: int = 90, size: tuple[int, int] = (64, 48), kind: str = "JPEG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (shade, 120, 40)).save(made, kind)
    return made.getvalue()


def taken_by_a_phone() -> bytes:
    """A photo lying on its side that says where, when and with what it was taken, as phones write it, with a small copy in it."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "SECRETPHONE", "MODEL-7", 6
    exif.get_ifd(0x8769)[0x9003] = "2026:11:23 10:20:30"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (31.0, 2.0, 7.5), "E", (112.0, 12.0, 9.25)
    made = io.BytesIO()
    Image.new("RGB", (80, 40), (200, 30, 30)).save(
        made, "JPEG", exif=exif, comment=b"SECRETCOMMENT", icc_profile=b"SECRETPROFILE"
    )
    return made.getvalue()


def a_bomb(side: int) -> bytes:
    """A PNG of few bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def test_place_device_and_moment_are_gone_and_the_picture_stands_upright():
    original = taken_by_a_phone()
    assert Image.open(io.BytesIO(original)).getexif().get_ifd(0x8825)[2] == (31.0, 2.0, 7.5)
    made = make_anew(original)
    with Image.open(io.BytesIO(made.content)) as opened:
        assert opened.format == "JPEG"
        assert (opened.width, opened.height) == (made.width, made.height) == (40, 80)
        assert not opened.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp"} & opened.info.keys()
        red, green, _ = opened.getpixel((20, 40))
        assert red > 150 > green
    for trace in (b"Exif", b"SECRET", b"MODEL-7", b"2026:11:23"):
        assert trace in original or trace == b"Exif"
        assert trace not in made.content


def test_a_large_picture_becomes_smaller_and_other_kinds_become_jpeg():
    made = make_anew(picture(size=(3000, 1500), kind="PNG"))
    assert (made.width, made.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)
    assert make_anew(picture(kind="WEBP")).content[:2] == b"\xff\xd8"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "打不开"),
        (b"<svg onload=alert(1)>", "打不开"),
        (picture()[:200], "打不开"),
        (picture(kind="GIF"), "打不开"),
        (bytes(LARGEST + 1), "最多 15 MB"),
        (a_bomb(9_000), "8,100 万像素"),
        (a_bomb(60_000), "展开来太大"),
    ],
    ids=["nothing", "a script", "half", "another kind", "large", "many pixels", "bomb"],
)
def test_what_is_no_ordinary_picture_is_refused_in_one_sentence(data, told):
    with pytest.raises(InputError, match=told):
        make_anew(data)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_photo_whose_notes_are_damaged_is_kept_or_refused_in_one_sentence():
    whole = taken_by_a_phone()
    kept = 0
    for place in range(20, 140):
        for byte in (1, 3, 4, 255):
            try:
                kept += bool(make_anew(whole[:place] + bytes([byte]) + whole[place + 1 :]).content)
            except InputError as fault:
                assert fault.place == "照片"
    assert kept > 100


def test_photos_are_kept_once_within_a_number_and_go_with_the_record(kept):
    number = visit()
    first = add_photo(CHEN, number, picture(), now=NOW)
    assert add_photo(CHEN, number, picture(), now=NOW) == first
    others = [add_photo(CHEN, number, picture(shade, kind="PNG"), now=NOW) for shade in range(MOST - 1)]
    with pytest.raises(InputError, match="已经有 9 张"):
        add_photo(CHEN, number, picture(200, kind="PNG"), now=NOW)
    assert len(list(kept.iterdir())) == len(list_photos(STAFF, number)) == MOST
    assert {path.stat().st_mode & 0o777 for path in kept.iterdir()} == {0o600}
    remove_photo(CHEN, others[0], now=NOW)
    assert len(list(kept.iterdir())) == MOST - 1
    remove_visit(STAFF, number, "记错了", now=NOW)
    assert list(kept.iterdir()) == []
    assert [one.actor for one in read_audit(COMMAND_LINE, Filter(action="删走访照片"))] == [CHEN.name]


def test_a_photo_that_cannot_be_written_down_leaves_no_file(kept, monkeypatch):
    number = visit()
    with pytest.raises(InputError, match="打不开"):
        add_photo(CHEN, number, b"x", now=NOW)
    monkeypatch.setattr("navigator.delivery.photos.audit", lambda *told, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        add_photo(CHEN, number, picture(), now=NOW)
    assert list(kept.iterdir()) == []
    assert list_photos(CHEN, number) == []


def test_each_sees_the_photos_of_their_region_and_every_look_stands_in_the_log(kept):
    number = visit()
    photo = add_photo(CHEN, number, picture(), now=NOW)
    assert read_photo(CHEN, photo).content[:2] == b"\xff\xd8"
    assert read_audit(COMMAND_LINE, Filter(action="看走访照片"))[0].subject == f"visit-photo:{photo}"
    for refused in (lambda: read_photo(ELSEWHERE, photo), lambda: remove_photo(ELSEWHERE, photo)):
        with pytest.raises(InputError, match="没有这一张"):
            refused()
    for refused in (lambda: add_photo(ELSEWHERE, number, picture()), lambda: list_photos(ELSEWHERE, number)):
        with pytest.raises(InputError, match="没有这一次"):
            refused()
    with pytest.raises(NotAllowed):
        read_photo(Actor("访客", "public"), photo)


def test_a_backup_carries_the_photos(kept, tmp_path):
    photo = add_photo(CHEN, visit(), picture(), now=NOW)
    before = read_photo(CHEN, photo).content
    backup(COMMAND_LINE, tmp_path / "b.zip")
    remove_photo(CHEN, photo)
    restore(COMMAND_LINE, tmp_path / "b.zip", replace=True)
    assert read_photo(CHEN, photo).content == before


def test_files_no_record_names_any_longer_are_swept_but_not_those_just_written(kept):
    from navigator.delivery.visits import keep

    number = keep(CHEN, note(firm(example=True), met=()), TODAY, now=NOW)
    add_photo(CHEN, number, picture(), now=NOW)
    assert sweep(COMMAND_LINE) == 0
    remove_demo(COMMAND_LINE)
    assert sweep(COMMAND_LINE) == 0
    for path in kept.iterdir():
        os.utime(path, (0, 0))
    assert sweep(COMMAND_LINE) == 1
    assert list(kept.iterdir()) == []


def test_the_address_of_a_photo_answers_only_who_may_see_the_visit(kept, monkeypatch):
    photo = add_photo(CHEN, visit(), picture(), now=NOW)
    client = TestClient(Starlette(routes=photoroute.photo_routes()))
    address = photoroute.photo_address(photo)

    def asked_by(actor: Actor | None, path: str = address) -> tuple[int, str]:
        monkeypatch.setattr(photoroute, "actor_behind", lambda request: actor)
        answer = client.get(path)
        assert answer.status_code in (200, 404) or answer.headers["cache-control"] == "no-store"
        return answer.status_code, answer.headers["content-type"]

    assert asked_by(CHEN) == (200, "image/jpeg")
    assert client.get(address).headers["cache-control"] == "no-store"
    assert asked_by(None)[0] == 401
    assert asked_by(Actor("访客", "public"))[0] == 403
    assert asked_by(ELSEWHERE)[0] == asked_by(CHEN, photoroute.photo_address(10**12))[0] == 404
    assert asked_by(CHEN, "/visit-photos/..%2Fnavigator.db")[0] == 404
