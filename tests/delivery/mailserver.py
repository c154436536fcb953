"""A real mail server in a thread of the test: it keeps what it is given, and refuses or hangs up where it is told to."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Box:
    """What a server took, and what it answers: `replies` by command, `hang_up` a command after which it breaks off."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.to: list[str] = []
        self.replies: dict[str, str] = {}
        self.hang_up = ""

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.replies.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        reply = self.replies.get(address) or self.replies.get("RCPT", "250 OK")
        if self.hang_up == "RCPT":
            server.transport.abort()
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.to += envelope.rcpt_tos
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        if self.hang_up == "DATA":
            server.transport.abort()
        return self.replies.get("DATA", "250 OK")


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, check: Callable[[str, str], bool] | None = None
) -> Iterator[tuple[Box, int]]:
    """A server at a free port of this machine: what it keeps, and the port. `check` takes user and password."""
    box = Box()

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = check is not None and check(data.login.decode(), data.password.decode())
        return AuthResult(success=good, handled=good)

    options: dict[str, Any] = {"authenticator": authenticate, "auth_required": True} if check else {}
    if tls:
        options |= {"tls_context": tls, "require_starttls": True}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port, **options)
    server.start()
    try:
        yield box, port
    finally:
        server.stop()
