"""Mail given over to a real server on this machine: what arrives, what is refused for good or for now, and what nobody can know."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from navigator.delivery.mailing import Mailer, Sending, read_server
from navigator.delivery.messages import Message
from navigator.errors import InputError
from navigator.settings import settings
from tests.delivery.mailserver import mail_server

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LINK = "https://ce.example.cn/p/abc"
MESSAGE = Message(
    number=12,
    batch_id=3,
    enterprise_id=1,
    push_ids=(7, 8),
    enterprise="京山机械厂",
    to="boss@jixie.cn",
    person="王经理",
    subject="政策提醒：小型微利企业所得税优惠、六税两费减免",
    text="京山机械厂：您符合条件。查看和回复：" + LINK,
    names=("小型微利企业所得税优惠", "<b>六税两费</b>减免"),
    links=(LINK, "https://ce.example.cn/p/def"),
    office="荆门市经济和信息化局",
    example=False,
    trial=False,
)


@pytest.fixture
def configured(monkeypatch):
    """Settings of the test's own; gives the function that sets one."""
    monkeypatch.setenv("NAVIGATOR_MAIL_SENDER", "ce@jingmen.example.cn")

    def set_one(name: str, value: str) -> None:
        monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield set_one
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def server(configured):
    """A server without encryption, and the settings that lead to it."""
    with mail_server() as (box, port):
        configured("NAVIGATOR_SMTP_URL", f"smtp://127.0.0.1:{port}?tls=none")
        yield box


def send(*messages: Message, **options) -> list[Sending]:
    with Mailer(**options) as mailer:
        return [mailer.send(message, now=NOW) for message in messages]


def test_a_message_arrives_as_text_and_simple_html_with_the_way_out(server):
    assert send(MESSAGE) == [Sending("sent")]
    mail = server.taken[0]
    assert server.to == ["boss@jixie.cn"]
    assert (mail["Subject"], mail["From"], mail["To"]) == (
        MESSAGE.subject,
        "荆策通 <ce@jingmen.example.cn>",
        "王经理 <boss@jixie.cn>",
    )
    assert mail["Message-ID"] == "<push-3-12@jingmen.example.cn>"
    assert mail["List-Unsubscribe"] == f"<{LINK}>"
    assert mail["Date"].datetime == NOW
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert MESSAGE.text in plain
    assert MESSAGE.links[1] in plain
    assert "不再接收" in plain
    assert "&lt;b&gt;六税两费" in html
    assert "<b>六税两费" not in html


def test_the_same_message_has_the_same_id_again(server):
    send(MESSAGE, replace(MESSAGE, number=13), MESSAGE)
    ids = [mail["Message-ID"] for mail in server.taken]
    assert ids[0] == ids[2] != ids[1]


def test_names_cannot_add_headers_or_addressees(server):
    nasty = replace(
        MESSAGE, person="王\r\nBcc: spy@x.cn", subject="好\r\nBcc: spy@x.cn", enterprise="厂\r\n.\r\nMAIL FROM:<spy@x.cn>",
        text="第一行\r\n.\r\nMAIL FROM:<spy@x.cn>\r\n.尾",
    )  # fmt: skip
    assert send(nasty) == [Sending("sent")]
    mail = server.taken[0]
    assert (len(server.taken), server.to, mail["Bcc"]) == (1, ["boss@jixie.cn"], None)
    assert mail["Subject"] == "好 Bcc: spy@x.cn"
    assert "MAIL FROM:<spy@x.cn>" in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("to", ["", "没有", "a@b.cn\r\nRCPT TO:<spy@x.cn>", "a@b.cn>, <c@d.cn"])
def test_a_wrong_address_fails_without_asking_the_server(server, to):
    assert send(replace(MESSAGE, to=to))[0].state == "failed"
    assert server.to == []


def test_a_refused_recipient_fails_and_the_next_one_goes_out(server):
    server.replies["gone@jixie.cn"] = "550 no such user"
    first, second = send(replace(MESSAGE, to="gone@jixie.cn"), MESSAGE)
    assert (first.state, second.state) == ("failed", "sent")
    assert "550 no such user" in first.remark
    assert server.to == ["boss@jixie.cn"]


@pytest.mark.parametrize(
    ("command", "reply", "state"),
    [
        ("RCPT", "451 try again", "later"),
        ("DATA", "554 spam", "failed"),
        ("DATA", "452 full", "later"),
        ("MAIL", "550 sender not allowed", "later"),
    ],
)
def test_what_the_server_says_decides(server, command, reply, state):
    server.replies[command] = reply
    assert send(MESSAGE)[0].state == state


def test_a_line_that_breaks_before_the_text_leaves_the_message_waiting(server):
    server.hang_up = "RCPT"
    assert send(MESSAGE)[0].state == "later"
    assert server.taken == []


def test_a_line_that_breaks_after_the_text_leaves_it_unsure_and_the_next_goes_out(server):
    server.hang_up = "DATA"
    with Mailer() as mailer:
        assert mailer.send(MESSAGE, now=NOW).state == "unsure"
        server.hang_up = ""
        assert mailer.send(replace(MESSAGE, number=13), now=NOW).state == "sent"
    assert len(server.taken) == 2


def test_a_server_that_is_not_there_or_says_nothing_leaves_messages_waiting(configured):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        configured("NAVIGATOR_SMTP_URL", f"smtp://127.0.0.1:{port}?tls=none")
        found = send(MESSAGE, seconds=0.3)[0]
        assert (found.state, found.remark) == ("later", "邮件服务器太久没有答复")
    assert send(MESSAGE)[0].state == "later"


def test_invented_enterprises_get_nothing_but_at_the_test_mailbox(server, configured):
    example = replace(MESSAGE, example=True)
    assert send(example)[0].state == "failed"
    configured("NAVIGATOR_MAIL_TEST_ADDRESS", "test@office.cn")
    assert [one.state for one in send(example, replace(example, to="test@office.cn"))] == ["failed", "sent"]
    assert server.to == ["test@office.cn"]


def test_a_trial_goes_to_a_colleague_under_another_id(server):
    assert send(replace(MESSAGE, trial=True, example=True, to="li@office.cn")) == [Sending("sent")]
    assert server.taken[0]["Message-ID"] == f"<push-3-12-test-{NOW.timestamp():.0f}@jingmen.example.cn>"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that is its own authority."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    form = serialization.Encoding.PEM
    secret = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(secret + made.public_bytes(form))
    return file


def test_over_starttls_with_a_password_and_never_with_a_certificate_nobody_vouches_for(
    configured, certificate, monkeypatch
):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with mail_server(tls=context, check=lambda user, password: (user, password) == ("u", "p@ss")) as (box, port):
        configured("NAVIGATOR_SMTP_URL", f"smtp://u:p%40ss@localhost:{port}")
        found = send(MESSAGE)[0]
        assert (found.state, "证书" in found.remark) == ("later", True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert send(MESSAGE) == [Sending("sent")]
        configured("NAVIGATOR_SMTP_URL", f"smtp://u:wrong@localhost:{port}")
        found = send(MESSAGE)[0]
        assert (found.state, "用户名或密码" in found.remark) == ("later", True)
    assert len(box.taken) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "smtp://",
        "http://mail.cn",
        "smtp://mail.cn:99999",
        "smtp://u:secret@mail.cn?tls=none",
        "smtp://h?tls=x",
        "smtp://h/x",
    ],
)
def test_settings_that_cannot_work_are_told_without_the_password(address):
    with pytest.raises(InputError) as told:
        read_server(address)
    assert "NAVIGATOR_SMTP_URL" in str(told.value)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "port", "tls"),
    [
        ("smtp://mail.cn", 587, "starttls"),
        ("smtps://mail.cn", 465, "ssl"),
        ("smtp://mail.cn:2525?tls=ssl", 2525, "ssl"),
        ("smtp://mail.cn?tls=none", 25, "none"),
    ],
)
def test_ports_follow_the_way_of_encryption(address, port, tls):
    found = read_server(address)
    assert (found.port, found.tls) == (port, tls)


def test_without_a_sender_nothing_begins(configured):
    configured("NAVIGATOR_SMTP_URL", "smtp://mail.cn")
    configured("NAVIGATOR_MAIL_SENDER", "")
    with pytest.raises(InputError, match="没有设置发信邮箱"):
        Mailer()
