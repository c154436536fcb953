"""A backup is proved by restoring it: the same rows and files, from one database to another, and nothing changed by a damaged one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.errors import InputError
from navigator.settings import settings
from navigator.store import accounts, engine, sign_ins
from navigator.store.audit import audit, read_audit
from navigator.store.backup import backup, restore
from navigator.store.schema import METADATA
from tests.rows import BYTES, fill_every_table
from tests.stores import own_store

PASSWORD = "an old pass phrase 7"


@pytest.fixture
def data(store, tmp_path, monkeypatch) -> Path:
    """A data folder of the test's own, with an office at work."""
    folder = tmp_path / "data"
    monkeypatch.setenv("NAVIGATOR_DATA", str(folder))
    settings.cache_clear()
    (folder / "index").mkdir(parents=True)
    (folder / "index" / "big.bin").write_bytes(b"0" * 1000)
    (folder / "corpus" / "measures").mkdir(parents=True)
    (folder / "corpus" / "measures" / "新政策.yaml").write_text("name: 新政策\n", encoding="utf-8")
    (folder / "feedback.jsonl").write_text('{"remark": "写错了"}\n', encoding="utf-8")
    accounts.add_account(COMMAND_LINE, "王管理", "admin", None, PASSWORD)
    accounts.add_account(COMMAND_LINE, "京山小李", "staff", "京山市", PASSWORD)
    audit(COMMAND_LINE, "试", "x:1", {"数": 1.5, "空": None, "中文": ["甲", "乙"]})
    return folder


def everything() -> dict[str, list[dict]]:
    with engine.reading() as session:
        return {
            table.name: [dict(row) for row in session.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in METADATA.sorted_tables
            if table.name not in ("sign_ins", "attempts")
        }


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] not in ("index", "backups")
    }


def damaged(archive: Path, target: Path) -> Path:
    """The archive with one byte of its largest member changed."""
    with zipfile.ZipFile(archive) as whole:
        largest = max(whole.infolist(), key=lambda member: member.compress_size)
    content = bytearray(archive.read_bytes())
    name, extra = (int.from_bytes(content[largest.header_offset + at :][:2], "little") for at in (26, 28))
    content[largest.header_offset + 30 + name + extra + largest.compress_size // 2] ^= 0xFF
    target.write_bytes(content)
    return target


def test_a_restored_backup_has_the_same_rows_and_files(data, tmp_path):
    made = backup(COMMAND_LINE, tmp_path / "b.zip")
    rows, before = everything(), files(data)
    accounts.add_account(COMMAND_LINE, "后来的人", "team", None, PASSWORD)
    (data / "feedback.jsonl").write_text("overwritten", encoding="utf-8")
    (data / "later.txt").write_text("made later", encoding="utf-8")
    restored = restore(COMMAND_LINE, tmp_path / "b.zip", replace=True)
    assert restored == made
    assert files(data) == before
    after = everything()
    assert after.pop("audit_log")[:-1] == rows.pop("audit_log")
    assert after == rows
    assert read_audit(COMMAND_LINE)[0].action == "恢复备份"
    assert sign_ins.sign_in("京山小李", PASSWORD, "x").actor.region == "京山市"
    assert accounts.add_account(COMMAND_LINE, "又一个人", "team", None, PASSWORD).id == 3


def test_what_was_there_before_a_restore_is_backed_up_beside_it(data, tmp_path):
    backup(COMMAND_LINE, tmp_path / "old.zip")
    accounts.add_account(COMMAND_LINE, "后来的人", "team", None, PASSWORD)
    restore(COMMAND_LINE, tmp_path / "old.zip", replace=True)
    assert "后来的人" not in [one.name for one in accounts.list_accounts(COMMAND_LINE)]
    kept = next((data / "backups").glob("*.zip"))
    restore(COMMAND_LINE, kept, replace=True)
    assert "后来的人" in [one.name for one in accounts.list_accounts(COMMAND_LINE)]


def test_a_store_with_data_is_not_replaced_unless_told(data, tmp_path):
    backup(COMMAND_LINE, tmp_path / "b.zip")
    before = everything()
    with pytest.raises(InputError, match="--replace"):
        restore(COMMAND_LINE, tmp_path / "b.zip")
    assert everything() == before


def test_a_backup_moves_the_office_into_another_empty_store(data, tmp_path, monkeypatch):
    backup(COMMAND_LINE, tmp_path / "b.zip")
    rows = everything()
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "elsewhere"))
    with own_store(f"sqlite:///{tmp_path / 'elsewhere.db'}", monkeypatch):
        restore(COMMAND_LINE, tmp_path / "b.zip")
        after = everything()
        assert after["accounts"] == rows["accounts"]
        assert after["audit_log"][:-1] == rows["audit_log"]
    assert (tmp_path / "elsewhere" / "feedback.jsonl").exists()


def test_every_table_comes_back_with_every_kind_of_value(data, tmp_path):
    with engine.transaction() as session:
        filled = fill_every_table(session, example=False)
    assert {"keys", "push_grounds", "pushes", "push_messages", "audit_items", "judgements", "backtest_lines"} <= set(
        filled
    )
    backup(COMMAND_LINE, tmp_path / "b.zip")
    rows = everything()
    assert all(rows[name] for name in rows), [name for name in rows if not rows[name]]
    assert rows["pushes"][0]["ground"] == BYTES[-16:]
    assert [row["number"] for row in rows["push_tallies"] if row["what"] == "sent"] == [1]
    with engine.transaction() as session:
        session.execute(delete(METADATA.tables["enterprises"]))
    assert not everything()["pushes"]
    restore(COMMAND_LINE, tmp_path / "b.zip", replace=True)
    after = everything()
    assert after.pop("audit_log")[:-1] == rows.pop("audit_log")
    assert after == rows


def test_sign_ins_and_the_index_are_not_in_a_backup(data, tmp_path):
    sign_ins.sign_in("京山小李", PASSWORD, "x")
    backup(COMMAND_LINE, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        names = archive.namelist()
    assert not [name for name in names if "index" in name or "sign_ins" in name or "attempts" in name]
    assert "files/corpus/measures/新政策.yaml" in names


def test_an_earlier_backup_is_never_overwritten(data, tmp_path):
    backup(COMMAND_LINE, tmp_path / "b.zip")
    content = (tmp_path / "b.zip").read_bytes()
    with pytest.raises(InputError, match="已经有这个文件"):
        backup(COMMAND_LINE, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == content


def test_a_damaged_or_foreign_file_changes_nothing(data, tmp_path):
    backup(COMMAND_LINE, tmp_path / "b.zip")
    (tmp_path / "text.zip").write_text("not a zip", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "foreign.zip", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with zipfile.ZipFile(tmp_path / "b.zip") as good, zipfile.ZipFile(tmp_path / "outside.zip", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name))
        bad.writestr("files/../../outside.txt", "x")
    before, kept = everything(), files(data)
    for name in ("text.zip", "foreign.zip", "outside.zip", damaged(tmp_path / "b.zip", tmp_path / "damaged.zip").name):
        with pytest.raises(InputError):
            restore(COMMAND_LINE, tmp_path / name, replace=True)
    assert everything() == before
    assert files(data) == kept
    assert not (tmp_path / "outside.txt").exists()


def test_only_administrators_back_up_and_restore(tmp_path):
    for actor in (None, Actor("甲", "public"), Actor("乙", "staff")):
        with pytest.raises(NotAllowed):
            backup(actor, tmp_path / "b.zip")
        with pytest.raises(NotAllowed):
            restore(actor, tmp_path / "b.zip", replace=True)
    assert list(tmp_path.iterdir()) == []
