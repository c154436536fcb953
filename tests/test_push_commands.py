"""The command `push`: a batch from the terminal to a file; approving is left to a second person on the page."""

from __future__ import annotations

import json

import pytest

from navigator.auth import COMMAND_LINE
from navigator.cli import main
from navigator.delivery import batches
from navigator.settings import settings
from tests.delivery.batch_makers import DAY, MEASURE, ZHAO, firm, put
from tests.delivery.mailserver import mail_server

TOLD = ("--title", "小微", "--office", "市中心", "--as-of", "2026-11-23")


@pytest.fixture
def command(store, capsys, monkeypatch, tmp_path):
    """Runs a command in this process: exit code, standard output, standard error."""
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    put([firm(1), firm(2, employees=None), firm(3, "钟祥市")])

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        result = main([str(argument) for argument in ("push", *arguments)])
        printed = capsys.readouterr()
        return result, printed.out, printed.err

    yield run
    settings.cache_clear()


def test_from_a_choice_to_a_file(command, tmp_path):
    result, printed, told = command("select", "--measure", MEASURE, *TOLD)
    assert result == 0
    assert "条件符合 2 条，先问一项 1 条" in printed
    assert "已看 3 / 3 家" in told
    assert "小型微利企业所得税优惠　京山市　条件符合　等批准　1 条" in command("show", 1)[1]
    assert "请另一位工作人员" in command("propose", 1)[1]
    batches.approve(ZHAO, 1)
    file = tmp_path / "今天.csv"
    assert "3 条写在" in command("send", 1, "--out", file)[1]
    assert file.read_text("utf-8-sig").count("\n") == 4
    assert "发完了" in command("list")[1]
    result, _, told = command("send", 1, "--out", tmp_path / "又.xlsx")
    assert (result, "没有等着发的" in told) == (2, True)


def test_json_is_json_alone(command):
    _, printed, _ = command("select", "--measure", MEASURE, "--region", "钟祥市", "--no-questions", *TOLD, "--json")
    made = json.loads(printed)
    assert (made["state"], made["counts"]["fits"], made["counts"]["asks"]) == ("selected", 1, 0)
    assert made["choice"]["regions"] == ["钟祥市"]
    (listed,) = json.loads(command("list", "--json")[1])
    assert listed == made
    (part,) = json.loads(command("show", 1, "--json")[1])["parts"]
    assert (part["measure_id"], part["pushes"], part["yuan"]) == (MEASURE, 1, 200_000)


def test_mail_goes_out_and_a_batch_can_be_withdrawn(command, monkeypatch):
    with mail_server() as (box, port):
        monkeypatch.setattr(settings(), "smtp_url", f"smtp://127.0.0.1:{port}?tls=none")
        monkeypatch.setattr(settings(), "mail_sender", "policy@example.com")
        command("select", "--measure", MEASURE, "--channel", "email", *TOLD)
        command("propose", 1)
        batches.approve(ZHAO, 1)
        assert json.loads(command("send", "--json")[1])["1"]["sent"] == 3
        assert len(box.taken) == 3
        assert "没有等着发的邮件" in command("send")[1]
    assert "已撤回" in command("withdraw", 1, "--reason", "写错了")[1]
    assert batches.read_batch(COMMAND_LINE, 1).reason == "写错了"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("select", *TOLD), "要写一个："),
        (("select", "--measure", "no-such", *TOLD), "没有叫 no-such"),
        (("select", "--new-since", "昨天", *TOLD), "--new-since"),
        (("show", "x"), "应是数字"),
        (("show", "9"), "没有第 9 批"),
        (("withdraw", "9"), "缺少 --reason"),
        (("approve", "1"), "没有这个选项"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(command, arguments, told):
    result, printed, error = command(*arguments)
    assert (result, printed, error.count("\n")) == (2, "", 1)
    assert told in error


def test_a_break_is_carried_on(command):
    draft = batches.Draft("小微", "市中心", "sms", batches.read_choice({"measures": [MEASURE]}), "{链接}")
    number = batches.begin_batch(COMMAND_LINE, draft, DAY)
    assert "条件符合 2 条" in command("resume", number)[1]
    assert "已经挑好了" in command("resume", number)[2]
