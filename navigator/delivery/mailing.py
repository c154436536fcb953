"""Messages as e-mail, by the mail server of the settings. It keeps nothing: whoever sends marks what came of it.

What the server said decides: given over; refused for good; not now; or broken off after the text had gone, so that nobody knows. The
Message-ID of a message is always the same, so that a mail system can tell that it has it already.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from types import TracebackType
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from navigator.corpus.load import default_corpus
from navigator.delivery.contacts import read_value
from navigator.delivery.messages import Message
from navigator.errors import InputError, shorten
from navigator.settings import settings

SECONDS = 30.0
"""How long one message may take in all."""

State = Literal["sent", "failed", "later", "unsure"]
_PLACE = "NAVIGATOR_SMTP_URL"
_FORM = "应像 smtp://用户:密码@主机:587?tls=starttls"
_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class Sending:
    """What came of a message: sent; failed for good; later (nothing was given over); unsure (it may have been)."""

    state: State
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is given over, and how."""

    host: str
    port: int
    tls: str
    user: str
    password: str = field(repr=False)


def read_server(address: str) -> Server:
    """The mail server of a setting; InputError (which never repeats the password) where it cannot be read."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise InputError(_PLACE, "看不懂", _FORM) from None
    if not address:
        raise InputError(_PLACE, "没有设置发信服务器", _FORM)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
        raise InputError(_PLACE, "看不懂", _FORM)
    tls = parse_qs(parts.query).get("tls", ["ssl" if parts.scheme == "smtps" else "starttls"])[0]
    if tls not in _PORTS:
        raise InputError(_PLACE, f"tls 写的是“{shorten(tls, 20)}”", "应是 starttls、ssl 或 none")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user and tls == "none":
        raise InputError(_PLACE, "有密码却不加密", "去掉 tls=none，或者去掉用户名和密码")
    return Server(parts.hostname, port or _PORTS[tls], tls, user, password)


class Mailer:
    """Sends messages one after another over one connection, made when the first goes out and made anew when it broke."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._server = read_server(settings().smtp_url)
        self._sender = _sender()
        self._seconds = seconds
        self._until = 0.0
        self._line: smtplib.SMTP | None = None

    def __enter__(self) -> Mailer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, message: Message, *, now: datetime | None = None) -> Sending:
        """Give one message over. Messages to invented enterprises go to the test mailbox alone."""
        if message.example and not message.trial and message.to != settings().mail_test_address:
            return Sending("failed", "示例消息只发到测试邮箱")
        try:
            read_value("email", message.to)
        except InputError:
            return Sending("failed", "没有能用的邮箱地址")
        written = written_mail(message, self._sender, now or datetime.now(UTC)).as_bytes(policy=SMTP)
        self._until = time.monotonic() + self._seconds
        try:
            line = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Sending("later", _told(error))
        return self._give_over(line, message.to, written)

    def _connected(self) -> smtplib.SMTP:
        """A connection that answers."""
        if self._line is not None:
            try:
                if self._in_time(self._line).rset()[0] == 250:
                    return self._line
            except (OSError, smtplib.SMTPException):
                pass
            self._hang_up()
        server, context = self._server, ssl.create_default_context()
        if server.tls == "ssl":
            self._line = smtplib.SMTP_SSL(server.host, server.port, timeout=self._left(), context=context)
        else:
            self._line = smtplib.SMTP(server.host, server.port, timeout=self._left())
        if server.tls == "starttls":
            self._in_time(self._line).starttls(context=context)
        self._in_time(self._line).ehlo_or_helo_if_needed()
        if server.user:
            self._in_time(self._line).login(server.user, server.password)
        return self._line

    def _in_time(self, line: smtplib.SMTP) -> smtplib.SMTP:
        """The connection, which from now on waits only as long as this message may still take."""
        if line.sock is not None:
            line.sock.settimeout(self._left())
        return line

    def _left(self) -> float:
        return max(self._until - time.monotonic(), 0.01)

    def _give_over(self, line: smtplib.SMTP, to: str, written: bytes) -> Sending:
        given = False
        try:
            code, said = self._in_time(line).mail(self._sender.addr_spec)
            if code != 250:
                return Sending("later", _said(code, said))  # it is the sender that is refused: no fault of this message
            code, said = self._in_time(line).rcpt(to)
            if code not in (250, 251):
                return _refused(code, said)
            self._in_time(line).putcmd("data")
            code, said = line.getreply()
            if code != 354:
                return _refused(code, said)
            given = True
            self._in_time(line).send(_quoted(written))
            code, said = line.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Sending("unsure" if given else "later", _told(error))
        return Sending("sent") if code == 250 else _refused(code, said)

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            try:
                line.quit()
            except (OSError, smtplib.SMTPException):
                line.close()


def message_id(message: Message, domain: str, now: datetime) -> str:
    """Always the same for the same message; every trial has its own."""
    trial = f"-test-{now.timestamp():.0f}" if message.trial else ""
    return f"<push-{message.batch_id}-{message.number}{trial}@{domain}>"


def written_mail(message: Message, sender: Address, now: datetime) -> EmailMessage:
    """A message as mail: plain text, and the same as simple HTML."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = Address(display_name=shorten(message.person, 40), addr_spec=message.to)
    mail["Subject"] = shorten(message.subject, 120)
    mail["Date"] = format_datetime(now.astimezone(UTC))
    mail["Message-ID"] = message_id(message, sender.domain, now)
    mail["List-Unsubscribe"] = f"<{message.links[0]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_plain(message), charset="utf-8", cte="base64")
    mail.add_alternative(_html(message), subtype="html", charset="utf-8", cte="base64")
    return mail


def _sender() -> Address:
    address = settings().mail_sender
    try:
        return Address(display_name=default_corpus().city.product, addr_spec=read_value("email", address))
    except InputError:
        raise InputError(
            "NAVIGATOR_MAIL_SENDER", "没有设置发信邮箱" if not address else "不是邮箱", "应像 name@example.com"
        ) from None


def _foot(message: Message) -> str:
    return (
        f"这封信由{message.office}用{default_corpus().city.product}发出，是按已有资料判断的，不代替主管部门的决定。"
        "不想再收到，点上面的链接，选“不再接收”。"
    )


def _plain(message: Message) -> str:
    lines = [message.text, ""]
    if len(message.links) > 1:
        lines += [line for name, link in zip(message.names, message.links, strict=True) for line in (name, link, "")]
    return "\n".join([*lines, _foot(message), ""])


def _html(message: Message) -> str:
    body = "".join(
        f'<p><a href="{escape(link)}">{escape(name)}：看明细、回复</a></p>'
        for name, link in zip(message.names, message.links, strict=True)
    )
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"></head>'
        '<body style="font: 16px/1.6 sans-serif; color: #1D2B27">'
        f'<p>{escape(message.text)}</p>{body}<p style="color: #4C5F58">{escape(_foot(message))}</p></body></html>\n'
    )


def _quoted(written: bytes) -> bytes:
    """The text with points at the beginning of lines doubled, and the end mark (RFC 5321 §4.5.2)."""
    return (
        b"\r\n".join(b"." + line if line.startswith(b".") else line for line in written.split(b"\r\n")).removesuffix(
            b"\r\n"
        )
        + b"\r\n.\r\n"
    )


def _refused(code: int, said: bytes) -> Sending:
    return Sending("failed" if 500 <= code < 600 else "later", _said(code, said))


def _said(code: int, said: bytes) -> str:
    return f"邮件服务器答复 {code} {shorten(said.decode('utf-8', 'replace'), 120)}"


def _told(error: Exception) -> str:
    """Why a connection did not hold, without what the server or the settings may give away."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "邮件服务器太久没有答复"
    match error:
        case smtplib.SMTPAuthenticationError():
            return "邮件服务器不认用户名或密码，请管理员检查 NAVIGATOR_SMTP_URL"
        case ssl.SSLError():
            return "邮件服务器的证书或加密不对，请管理员检查 NAVIGATOR_SMTP_URL"
        case smtplib.SMTPNotSupportedError():
            return "邮件服务器不支持加密或登录，请管理员检查 NAVIGATOR_SMTP_URL"
        case smtplib.SMTPResponseException():
            return f"邮件服务器答复 {error.smtp_code}"
    return "邮件服务器连不上，或者中途断开"
