"""The commands for accounts and backups: passwords only from the prompt or standard input, one sentence for every fault."""

from __future__ import annotations

import io
import json

import pytest

from navigator.auth import COMMAND_LINE
from navigator.cli import main
from navigator.errors import InputError
from navigator.settings import settings
from navigator.store import accounts, sign_ins

PASSWORD = "an old pass phrase 7"


@pytest.fixture
def command(store, capsys, monkeypatch, tmp_path):
    """Runs a command in this process with something on standard input: exit code, standard output, standard error."""
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "data"))
    settings.cache_clear()

    def run(*arguments: object, typed: str = PASSWORD + "\n") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_a_user_is_made_with_the_password_from_standard_input(command):
    code, printed, complaint = command("user", "add", "京山小李", "--role", "staff", "--region", "京山市")
    assert (code, printed, complaint) == (0, "建好了：京山小李，工作人员，京山市\n", "")
    assert sign_ins.sign_in("京山小李", PASSWORD, "x").actor.region == "京山市"


def test_a_user_without_a_password_is_asked_for_none_and_cannot_sign_in_with_any(command):
    code, printed, _ = command("user", "add", "li@jingmen.example", "--role", "team", "--no-password", typed="")
    assert (code, printed) == (0, "建好了：li@jingmen.example，小分队成员，全市\n")
    with pytest.raises(InputError, match="用户名或密码不对"):
        sign_ins.sign_in("li@jingmen.example", "", "x")


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_the_end_of_the_line_does_not_belong_to_the_password(command, ending):
    command("user", "add", "甲甲", "--role", "team", typed=f" {PASSWORD} {ending}")
    assert sign_ins.sign_in("甲甲", f" {PASSWORD} ", "x").actor.role == "team"


def test_at_a_terminal_the_password_is_typed_twice(command, monkeypatch):
    answers = iter([PASSWORD, PASSWORD, PASSWORD, "something else"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    run = command

    def typed(*arguments):
        monkeypatch.setattr("io.StringIO", lambda text: terminal)
        return run(*arguments)

    assert typed("user", "add", "甲甲", "--role", "team")[0] == 0
    code, _, complaint = typed("user", "add", "乙乙", "--role", "team")
    assert code == 2
    assert "两次输的不一样" in complaint
    assert [one.name for one in accounts.list_accounts(COMMAND_LINE)] == ["甲甲"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("user", "add", "甲甲", "--role", "boss"), "boss"),
        (("user", "add", "甲甲", "--role", "staff", "--region", "武汉市"), "武汉市"),
        (("user", "add", "甲甲"), "缺少 --role"),
        (("user", "add", "甲甲", "--role", "staff", "--password", "x"), "--password"),
        (("user", "password", "没有这人"), "没有这人"),
        (("user", "disable", "没有这人"), "没有这人"),
        (("user",), "缺少"),
        (("user", "drop", "甲甲"), "drop"),
        (("restore", "nothere.zip"), "nothere.zip"),
    ],
)
def test_a_fault_is_one_sentence_and_nothing_is_made(command, arguments, told):
    code, printed, complaint = command(*arguments)
    assert code == 2
    assert printed == ""
    assert complaint.count("\n") == 1
    assert told in complaint
    assert accounts.list_accounts(COMMAND_LINE) == []


@pytest.mark.parametrize("typed", ["", "\n", "short\n", "1234567890123\n"])
def test_no_password_and_a_weak_one_make_no_account(command, typed):
    code, _, complaint = command("user", "add", "甲甲", "--role", "admin", typed=typed)
    assert code == 2
    assert complaint.startswith("密码")
    assert accounts.list_accounts(COMMAND_LINE) == []


def test_users_are_listed_switched_off_and_on_and_get_another_password(command):
    command("user", "add", "王管理", "--role", "admin")
    command("user", "add", "甲甲", "--role", "team")
    assert command("user", "disable", "甲甲")[:2] == (0, "甲甲 已停用\n")
    assert json.loads(command("user", "list", "--json")[1]) == [
        {"name": "王管理", "role": "admin", "region": None, "disabled": False},
        {"name": "甲甲", "role": "team", "region": None, "disabled": True},
    ]
    assert "甲甲  小分队成员  全市  已停用\n" in command("user", "list")[1]
    assert command("user", "enable", "甲甲")[0] == 0
    assert command("user", "password", "甲甲", typed="quite another phrase\n")[0] == 0
    assert sign_ins.sign_in("甲甲", "quite another phrase", "x").actor.role == "team"
    assert command("user", "disable", "王管理")[0] == 2


def test_a_backup_without_a_name_goes_into_the_data_folder_and_is_restored(command, tmp_path):
    command("user", "add", "王管理", "--role", "admin")
    code, printed, _ = command("backup")
    assert code == 0
    made = next((tmp_path / "data" / "backups").glob("*.zip"))
    assert str(made) in printed
    assert made.stat().st_mode & 0o077 == 0
    code, _, complaint = command("restore", made)
    assert (code, "--replace" in complaint) == (2, True)
    command("user", "add", "甲甲", "--role", "team")
    assert command("restore", made, "--replace")[0] == 0
    assert [one.name for one in accounts.list_accounts(COMMAND_LINE)] == ["王管理"]
