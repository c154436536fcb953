"""Signing in with an account of the organisation by OpenID Connect: authorization code with PKCE, the ID token checked here.

The provider proves who somebody is and nothing more: accounts, roles and regions are ours (navigator.store), the routes and the cookie
navigator.signin's. It is asked when somebody signs in, never before, and has a few seconds to answer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from navigator.errors import InputError
from navigator.settings import settings

_log = logging.getLogger("navigator")

MINUTES = 10
"""How long somebody may take at the provider's."""
SECONDS = 8.0
"""How long the provider may take for one answer."""
_LARGEST = 512 * 1024
_KEPT_SECONDS = 600.0
_LEEWAY = 60
_PLACE = "单位账号登录"
_SIGNED_WITH = frozenset(
    ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
)
"""Signatures that only the provider can have made; `none` and those with a shared secret are no proof."""
_JSON = {"Accept": "application/json"}
_HERE = ("localhost", "127.0.0.1", "::1")


class Provider(BaseModel):
    """What the provider says of itself (OpenID Connect Discovery 1.0); more than this is left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a browser keeps while its person is at the provider's. State, nonce and PKCE verifier are derived from the secret."""

    secret: str
    began: int
    back: str

    @property
    def written(self) -> str:
        """As a cookie holds it."""
        return f"{self.secret}.{self.began}.{quote(self.back, safe='')}"

    def derived(self, purpose: str) -> str:
        """43 characters that only who has the ticket can know."""
        made = hmac.digest(self.secret.encode(), f"{purpose}.{self.began}.{self.back}".encode(), "sha256")
        return _base64(made)


def is_offered() -> bool:
    """Whether an administrator has configured a provider."""
    return bool(settings().oidc_issuer and settings().oidc_client_id)


def is_only_way() -> bool:
    """Whether nobody signs in with a password."""
    return is_offered() and settings().oidc_only


def start_address() -> str:
    """Where a sign-in begins: at the public address, to which the provider sends people back."""
    return f"{_public_address()}/auth/oidc"


def is_public_address_secure() -> bool:
    """Whether people come by HTTPS."""
    return _public_address().startswith("https://")


def begin(back: str) -> tuple[str, Ticket]:
    """The provider's address to send a browser to, and the ticket it has to come back with. Raises InputError where it is down."""
    provider = _provider()
    ticket = Ticket(secrets.token_urlsafe(32), int(time.time()), back)
    query = {
        "response_type": "code",
        "client_id": settings().oidc_client_id,
        "redirect_uri": _return_address(),
        "scope": "openid profile email",
        "state": ticket.derived("state"),
        "nonce": ticket.derived("nonce"),
        "code_challenge": _base64(hashlib.sha256(ticket.derived("verifier").encode()).digest()),
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    return provider.authorization_endpoint + joint + urlencode(query), ticket


def check_return(written: str, query: Mapping[str, str]) -> tuple[Ticket, str]:
    """The ticket of a browser that comes back and the provider's code. Raises InputError where the two do not belong together."""
    ticket = _read_ticket(written)
    state = query.get("state", "")
    if ticket is None or not hmac.compare_digest(state.encode(), ticket.derived("state").encode()):
        raise InputError(_PLACE, "这次登录对不上，可能已经过时，或者不是从这个浏览器开始的", "请重新点“用单位账号登录”")
    if "error" in query or not query.get("code"):
        _log.info("oidc: came back with %.100r", query.get("error", "no code"))
        raise InputError(_PLACE, "单位账号那边没有登录成功", "请再试一次；还不行请找管理员")
    return ticket, query["code"]


def identify(ticket: Ticket, code: str, said_issuer: str | None = None) -> str:
    """Whose code this is: the name by which our accounts know the person. Raises InputError."""
    provider = _provider()
    if said_issuer != provider.issuer and (
        said_issuer is not None or provider.authorization_response_iss_parameter_supported
    ):
        raise _no_proof(f"iss is {said_issuer!r}")
    answer = _exchange(provider, ticket, code)
    claims = _checked_claims(provider, str(answer.get("id_token", "")), ticket.derived("nonce"))
    wanted = settings().oidc_claim
    if wanted not in claims and provider.userinfo_endpoint:
        claims = claims | _userinfo(provider, str(answer.get("access_token", "")), claims["sub"])
    name = claims.get(wanted)
    if not isinstance(name, str) or not name.strip():
        raise _no_proof(f"no claim {wanted}")
    if wanted == "email" and claims.get("email_verified") is False:
        raise InputError(_PLACE, "您的邮箱还没有验证过", "请先到单位账号系统里验证邮箱")
    return name.strip()


def _exchange(provider: Provider, ticket: Ticket, code: str) -> dict[str, Any]:
    """The tokens for a code (RFC 6749 §4.1.3, RFC 7636 §4.5)."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _return_address(),
        "code_verifier": ticket.derived("verifier"),
    }
    client, secret = settings().oidc_client_id, settings().oidc_client_secret
    basic = not secret or "client_secret_basic" in provider.token_endpoint_auth_methods_supported
    if secret and basic:
        status, answer = _ask("POST", provider.token_endpoint, data=form, auth=(quote_plus(client), quote_plus(secret)))
    else:
        more = {"client_id": client} | ({"client_secret": secret} if secret else {})
        status, answer = _ask("POST", provider.token_endpoint, data=form | more)
    if status != 200:
        _log.error("oidc: the token endpoint answered %s %.200r", status, answer.get("error"))
        raise InputError(_PLACE, "单位账号系统没有认可这次登录", "请重新登录；还不行请找管理员")
    return answer


def _checked_claims(provider: Provider, token: str, nonce: str) -> dict[str, Any]:
    """What an ID token says, once signature, issuer, audience, times and nonce are right (OpenID Connect Core 1.0 §3.1.3.7)."""
    import jwt

    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
        if algorithm not in _SIGNED_WITH.intersection(provider.id_token_signing_alg_values_supported):
            raise _no_proof(f"signed with {algorithm!r}")
        claims = jwt.decode(
            token,
            _signing_key(provider, jwt.get_unverified_header(token).get("kid")),
            algorithms=[algorithm],
            audience=settings().oidc_client_id,
            issuer=provider.issuer,
            leeway=_LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as fault:
        raise _no_proof(f"{type(fault).__name__}: {fault}") from None
    audience = claims["aud"]
    if claims.get("azp", settings().oidc_client_id) != settings().oidc_client_id or (
        isinstance(audience, list) and len(audience) > 1 and "azp" not in claims
    ):
        raise _no_proof("azp is another client")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise _no_proof("nonce is another")
    return claims


def _signing_key(provider: Provider, kid: str | None) -> Any:
    """The provider's public key of that id, looked up again where it is new."""
    import jwt

    for most_seconds in (_KEPT_SECONDS, 0.0):
        found = _fetched(provider.jwks_uri, most_seconds)
        keys = [key for key in jwt.PyJWKSet.from_dict(found).keys if key.public_key_use in (None, "sig")]
        fitting = [key for key in keys if key.key_id == kid] if kid else keys
        if len(fitting) == 1:
            return fitting[0].key
    raise _no_proof("no such key")


def _userinfo(provider: Provider, access_token: str, sub: str) -> dict[str, Any]:
    """What the provider tells about the person who owns the access token; it has to be the same person."""
    status, told = _ask("GET", provider.userinfo_endpoint, headers={"Authorization": f"Bearer {access_token}"})
    if status != 200 or told.get("sub") != sub:
        raise _no_proof(f"userinfo answered {status} or is about somebody else")
    return told


def _provider() -> Provider:
    """What the configured provider says of itself; InputError where it is down or says something else."""
    issuer = settings().oidc_issuer.rstrip("/")
    told = _fetched(f"{issuer}/.well-known/openid-configuration", _KEPT_SECONDS)
    try:
        found = Provider.model_validate(told)
    except ValidationError as fault:
        _log.error("oidc: the configuration of %s: %s", issuer, fault)
        raise _down() from None
    addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
    if found.issuer.rstrip("/") != issuer or not all(map(_is_safe, addresses)):
        _log.error("oidc: %s calls itself %s, or one of its addresses is not https", issuer, found.issuer)
        raise _down()
    return found


_kept: dict[str, tuple[float, dict[str, Any]]] = {}
_lock = threading.Lock()


def _fetched(address: str, most_seconds: float) -> dict[str, Any]:
    """A document of the provider's, not older than so many seconds. One that could not be fetched is not remembered."""
    with _lock:
        at, found = _kept.get(address, (0.0, {}))
        if found and time.monotonic() - at < most_seconds:
            return found
    status, found = _ask("GET", address)
    if status != 200:
        _log.error("oidc: %s answered %s", address, status)
        raise _down()
    with _lock:
        _kept[address] = (time.monotonic(), found)
    return found


def _ask(method: str, address: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """The status and the JSON of an answer. InputError where there is none in time, it is too long, or the provider failed."""
    import httpx

    if not _is_safe(address):
        _log.error("oidc: %s is not https", address)
        raise InputError(_PLACE, "单位账号系统的地址要用 https", "请管理员检查 NAVIGATOR_OIDC_ISSUER")
    until = time.monotonic() + SECONDS
    body = b""
    try:
        with (
            httpx.Client(timeout=SECONDS, headers=_JSON, trust_env=urlsplit(address).hostname not in _HERE) as client,
            client.stream(method, address, **more) as answer,
        ):
            for part in answer.iter_bytes():
                body += part
                if len(body) > _LARGEST or time.monotonic() > until:
                    raise httpx.ReadTimeout("too long")
        if answer.status_code >= 500:
            raise httpx.HTTPError(f"status {answer.status_code}")
        found = json.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        _log.error("oidc: %s: %s %s", address, type(fault).__name__, fault)
        raise _down() from None
    return answer.status_code, found if isinstance(found, dict) else {}


def _read_ticket(written: str) -> Ticket | None:
    """The ticket of a cookie; None where there is none, or it began too long ago."""
    parts = written.split(".", 2)
    if len(parts) != 3 or len(parts[0]) != 43 or not (parts[1].isascii() and parts[1].isdigit()) or len(parts[1]) > 12:
        return None
    ticket = Ticket(parts[0], int(parts[1]), unquote(parts[2]))
    return ticket if 0 <= time.time() - ticket.began <= MINUTES * 60 else None


def _is_safe(address: str) -> bool:
    """HTTPS, or plain within this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)


def _return_address() -> str:
    return f"{start_address()}/return"


def _public_address() -> str:
    return settings().public_address.rstrip("/")


def _down() -> InputError:
    otherwise = "" if is_only_way() else "，或者用用户名和密码登录"
    return InputError(_PLACE, "单位账号系统连不上", f"请过一会儿再试{otherwise}")


def _no_proof(why: str) -> InputError:
    _log.error("oidc: %s", why)
    return InputError(_PLACE, "单位账号系统给的证明不对，没有登录", "请重新登录；还不行请找管理员")


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
