"""A real OpenID Connect provider in a process of its own: Canaille, an identity server that organisations run, on a free port.

Canaille and what it is built on (Authlib, joserfc) share no code with the sign-in under test (PyJWT, httpx). A test may hold the
provider's private key, to say with it what a provider never would.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PASSWORD = "a pass phrase at the office 7"
PEOPLE = {"jingshan.li": "li@jingmen.example", "somebody.else": "else@jingmen.example"}
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that runs: its address, and the private key that it signs with."""

    issuer: str
    key: dict[str, Any]

    def register(self, address: str) -> tuple[str, str]:
        """Make a site known to the provider; gives the id and the secret of the client.

        One for each test: its memory mixes up the codes of one client when some are never redeemed.
        """
        made = httpx.post(
            f"{self.issuer}/oauth/register",
            trust_env=False,
            json={
                "redirect_uris": [f"{address}/auth/oidc/return"],
                "client_name": "jingcetong",
                "client_uri": "http://127.0.0.1",
                "grant_types": ["authorization_code"],
                "response_types": ["code"],
                "token_endpoint_auth_method": "client_secret_basic",
                "scope": "openid profile email",
            },
        ).raise_for_status()
        return made.json()["client_id"], made.json()["client_secret"]

    def sign_in(self, asked: str, name: str) -> str:
        """Go where a site sends somebody and fill in the provider's own pages; gives the address one is sent back to."""
        with httpx.Client(trust_env=False) as browser:
            answer = browser.get(asked)
            for _ in range(10):
                if not answer.has_redirect_location:
                    box = {"login": name} if 'name="login"' in answer.text else {"password": PASSWORD}
                    answer = browser.post(answer.url, data=box)
                    continue
                there = answer.url.join(answer.headers["location"])
                if not str(there).startswith(self.issuer):
                    return str(there)
                answer = browser.get(there)
        raise AssertionError(f"the provider did not send anybody back: {answer.text[:2000]}")


@contextmanager
def running_provider(folder: Path) -> Iterator[Provider]:
    """A provider with the accounts of PEOPLE; its key is new and lies in the folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    key = folder / "key.json"
    with (folder / "provider.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.identity_provider", str(port), str(key)],
            cwd=_ROOT,
            env=os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"},
            stdout=log,
            stderr=log,
        )
    issuer = f"http://127.0.0.1:{port}"
    try:
        _wait_for(issuer, process, folder / "provider.log")
        yield Provider(issuer, json.loads(key.read_text()))
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(issuer: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=2, trust_env=False).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the provider did not answer within 60 seconds")


def _serve(port: int, key_file: Path) -> None:
    from canaille import create_app
    from joserfc.jwk import RSAKey
    from werkzeug.serving import run_simple

    key = RSAKey.generate_key(2048)
    key.ensure_kid()
    key_file.write_text(json.dumps(key.as_dict(private=True)))
    app = create_app(
        {
            "SECRET_KEY": os.urandom(16).hex(),
            "WTF_CSRF_ENABLED": False,
            "PREFERRED_URL_SCHEME": "http",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "CANAILLE": {
                "DATABASE": "memory",
                "JAVASCRIPT": False,
                "CAPTCHA_ENABLED": False,
                "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc", "edit_self"]}},
            },
            "CANAILLE_OIDC": {
                "DYNAMIC_CLIENT_REGISTRATION_OPEN": True,
                "ACTIVE_JWKS": [key.as_dict(private=True)],
                "USERINFO_MAPPING": {"PREFERRED_USERNAME": "{{ user.user_name }}"},
            },
        }
    )
    _fill(app)
    run_simple("127.0.0.1", port, app, threaded=True)


def _fill(app: Any) -> None:
    from canaille.app import models
    from canaille.backends import Backend

    with app.app_context():
        for name, email in PEOPLE.items():
            person = models.User(
                user_name=name, formatted_name=name, family_name=name, emails=[email], password=PASSWORD
            )
            Backend.instance.save(person)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), Path(sys.argv[2]))
