"""Photos of visits: made anew from their pixels alone, so that place, device and moment of the original are gone; kept in the data folder.

What is too large, no picture, or unpacks to far more than it seems is refused. Nobody gets one without role and region, and every look
stands in the log (navigator.photoroute serves them).
"""

from __future__ import annotations

import hashlib
import io
import secrets
import struct
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import ExifTags, Image
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.visits_promises import visit_row
from navigator.downloads import Download
from navigator.errors import InputError
from navigator.settings import settings
from navigator.store.audit import audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of
from navigator.store.visit_tables import VisitPhotoRow, VisitRow

MOST = 9
"""Photos of one visit."""
LARGEST = 15_000_000
"""Bytes of one file as it comes."""
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1_600
_QUALITY = 80
_FORMATS = ("JPEG", "PNG", "WEBP")
_SPARED_SECONDS = 3600.0
_one_at_a_time = threading.Semaphore(1)
"""A large picture takes some 200 MB while it is made anew."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a visit."""

    id: int
    visit_id: int
    bytes: int
    width: int
    height: int
    made: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made anew: JPEG without anything but its pixels."""

    content: bytes
    width: int
    height: int


def photos_folder() -> Path:
    """Where photos lie; no address of the server leads there."""
    return settings().data / "visit-photos"


def subject(number: int) -> str:
    """What the log calls a photo."""
    return f"visit-photo:{number}"


def make_anew(data: bytes) -> Picture:
    """The picture in a file, upright, no side longer than LONGEST_SIDE, without EXIF, place, profile or comment; InputError otherwise."""
    if len(data) > LARGEST:
        raise InputError("照片", f"有 {len(data) / 1e6:.1f} MB", f"一张最多 {LARGEST // 1_000_000} MB")
    try:
        with _one_at_a_time, Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                told = f"有 {opened.width * opened.height / 10_000:,.0f} 万像素"
                raise InputError("照片", told, f"最多 {MOST_PIXELS // 10_000:,} 万像素，拍照时选小一点的尺寸")
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            turned = _upright(opened).convert("RGB")
            turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            bare = Image.frombytes("RGB", turned.size, turned.tobytes())
    except InputError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InputError("照片", "展开来太大", "换一张正常拍的照片") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, struct.error):
        raise InputError("照片", "打不开", "应是 JPG、PNG 或 WebP 图片；传坏了就再选一次") from None
    made = io.BytesIO()
    bare.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return Picture(made.getvalue(), bare.width, bare.height)


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _upright(opened: Image.Image) -> Image.Image:
    """The picture as it was held. (Pillow's exif_transpose also writes EXIF anew, and fails where what it read is broken.)"""
    turn = _TURNS.get(opened.getexif().get(ExifTags.Base.Orientation, 1))
    return opened if turn is None else opened.transpose(turn)


def add_photo(actor: Actor | None, number: int, data: bytes, *, now: datetime | None = None) -> int:
    """Keep a photo of a visit; gives its number. The same file again is not kept twice. For the team, of their region."""
    actor, now = need(actor, "team"), now or datetime.now(UTC)
    with reading() as session:
        visit_row(session, actor, number)
        origin = hashlib.sha256(data).hexdigest()
        known = _known(session, number, origin)
    if known is not None:
        return known
    picture, name = make_anew(data), f"{secrets.token_hex(16)}.jpg"
    _write(name, picture.content)
    try:
        with transaction() as session:
            visit_row(session, actor, number, changing=True)
            known = _known(session, number, origin)
            if known is None:
                row = VisitPhotoRow(
                    visit_id=number, origin=origin, file=name, bytes=len(picture.content), width=picture.width,
                    height=picture.height, made=now, made_by=actor.name,
                )  # fmt: skip
                session.add(row)
                session.flush()
                audit(actor, "存走访照片", subject(row.id), {"走访": number}, within=session, now=now)
                return row.id
    except BaseException:
        remove_files([name])
        raise
    remove_files([name])
    return known


def _known(session: Session, number: int, origin: str) -> int | None:
    """The photo that was made of this file, if there is one; InputError where no more may come."""
    mine = VisitPhotoRow.visit_id == number
    known = session.scalar(select(VisitPhotoRow.id).where(mine, VisitPhotoRow.origin == origin))
    if known is None and (session.scalar(select(func.count(VisitPhotoRow.id)).where(mine)) or 0) >= MOST:
        raise InputError("照片", f"这次走访已经有 {MOST} 张", "先删掉不要的")
    return known


def list_photos(actor: Actor | None, number: int) -> list[Photo]:
    """The photos of a visit, without what they show. For the team, of their region."""
    actor = need(actor, "team")
    with reading() as session:
        visit_row(session, actor, number)
        rows = session.scalars(select(VisitPhotoRow).where(VisitPhotoRow.visit_id == number).order_by(VisitPhotoRow.id))
        return [Photo(row.id, row.visit_id, row.bytes, row.width, row.height, row.made, row.made_by) for row in rows]


def read_photo(actor: Actor | None, number: int) -> Download:
    """One photo; stands in the log. For the team, of their region."""
    actor = need(actor, "team")
    with reading() as session:
        row = _row(session, actor, number)
    path = photos_folder() / row.file
    if not path.is_file():
        raise InputError("照片", "文件不在了", "请管理员从备份恢复")
    audit(actor, "看走访照片", subject(number), {"走访": row.visit_id})
    return Download(f"走访{row.visit_id}_照片{number}.jpg", "image/jpeg", path.read_bytes())


def remove_photo(actor: Actor | None, number: int, *, now: datetime | None = None) -> None:
    """Take a photo away for good. For the team, of their region."""
    actor, now = need(actor, "team"), now or datetime.now(UTC)
    with transaction() as session:
        row = _row(session, actor, number)
        session.execute(delete(VisitPhotoRow).where(VisitPhotoRow.id == number))
        audit(actor, "删走访照片", subject(number), {"走访": row.visit_id}, within=session, now=now)
    remove_files([row.file])


def remove_files(names: Iterable[str]) -> None:
    """Take files of photos away whose rows are gone."""
    for name in names:
        (photos_folder() / name).unlink(missing_ok=True)


def sweep(actor: Actor | None) -> int:
    """Take away the files no record names any longer, such as those of invented enterprises; says how many. For administrators; the
    server does it daily."""
    actor = need(actor, "admin")
    if not photos_folder().is_dir():
        return 0
    with reading() as session:
        named = set(session.scalars(select(VisitPhotoRow.file)))
    before = time.time() - _SPARED_SECONDS
    left = [one.name for one in photos_folder().iterdir() if one.name not in named and one.stat().st_mtime < before]
    remove_files(left)
    if left:
        audit(actor, "清理走访照片", "visit-photo:", {"几张": len(left)})
    return len(left)


def _write(name: str, content: bytes) -> None:
    try:
        photos_folder().mkdir(parents=True, exist_ok=True)
        path = photos_folder() / name
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(content)
    except OSError as error:
        raise InputError("数据文件夹", f"写不进去（{error.strerror}）", "请检查磁盘空间和权限，再试一次") from None


def _row(session: Session, actor: Actor, number: int) -> VisitPhotoRow:
    query = select(VisitPhotoRow).join(VisitRow, VisitRow.id == VisitPhotoRow.visit_id).join(EnterpriseRow)
    row = session.scalar(query.where(VisitPhotoRow.id == number, in_region_of(actor)))
    if row is None:
        raise InputError("照片", "没有这一张", "可能已经删了，或者归别的区域管")
    return row
