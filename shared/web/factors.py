"""Second factors at the edge: passkeys (WebAuthn), codes of an app (TOTP), recovery codes.

A passkey must verify its owner (finger, face, PIN), signs a challenge that is kept with the session
and taken away while it is read, and works on this portal's own host alone. A code counts once.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import segno
import webauthn
from cryptography.exceptions import InvalidTag
from flask import current_app, g, request
from webauthn.helpers import exceptions, options_to_json, structs

from shared import clock, totp
from shared.db import entrance
from shared.db.entrance import Factor, Owner
from shared.vault import Vault, about_totp
from shared.web import sessions
from shared.web.database import engine

CHALLENGE: Final = 32  # random bytes
CODES: Final = 10
CODE_BYTES: Final = 15  # 120 bits: 24 letters and digits
LONGEST_ANSWER: Final = 20_000
VERIFIED: Final = structs.UserVerificationRequirement.REQUIRED
PASSKEY: Final = "passkey"
TOTP: Final = "totp"


@dataclass(frozen=True)
class NewApp:
    """What an app that shows codes has to know; ``sealed`` goes along with the form."""

    secret: str
    sealed: str
    picture: str


def owner() -> Owner | None:
    """Whose session the request is of, with his factors."""
    return entrance.find_owner(engine(), sessions.token_hash())


def question(whose: Owner) -> str:
    """What a passkey is asked, as JSON for the browser; empty where he has none."""
    keys = whose.of_kind(PASSKEY)
    if not keys:
        return ""
    challenge = secrets.token_bytes(CHALLENGE)
    entrance.put_challenge(engine(), sessions.token_hash(), challenge)
    options = webauthn.generate_authentication_options(
        rp_id=_host(), challenge=challenge, allow_credentials=[_named(key) for key in keys],
        user_verification=VERIFIED,
    )  # fmt: skip
    return options_to_json(options)


def is_given(whose: Owner, names: str = "") -> bool:
    """Whether the form that was sent proves a second factor; a wrong one is counted.

    Args:
        whose: session it is.
        names: what the names of its fields begin with.
    """
    answer = request.form.get(f"{names}credential", "")
    typed = request.form.get(f"{names}code", "")
    if answer:
        given = _is_passkey(whose, answer)
    else:
        given = bool(typed.strip()) and (_is_code(whose, typed) or _is_recovery_code(typed))
    if not given:
        entrance.factor_failed(engine(), sessions.token_hash())
    return given


def wait() -> int:
    """Seconds until a second factor may be tried again."""
    return entrance.factor_wait(engine(), sessions.token_hash())


def new_passkey(whose: Owner, name: str, shown: str) -> str:
    """What a browser is asked for a new passkey, as JSON.

    Args:
        whose: passkeys he has are not made twice.
        name: of his login.
        shown: how he is called.
    """
    challenge = secrets.token_bytes(CHALLENGE)
    entrance.put_challenge(engine(), sessions.token_hash(), challenge)
    options = webauthn.generate_registration_options(
        rp_id=_host(), rp_name="brokerpool", user_name=name, user_display_name=shown,
        user_id=hashlib.sha256(f"account {whose.account_id}".encode()).digest(),
        challenge=challenge,
        exclude_credentials=[_named(key) for key in whose.of_kind(PASSKEY)],
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED, user_verification=VERIFIED
        ),
    )  # fmt: skip
    return options_to_json(options)


def add_passkey(name: str) -> bool:
    """Keep the passkey the browser made, when it answers the challenge."""
    answer = _read(request.form.get("credential", ""))
    challenge = entrance.take_challenge(engine(), sessions.token_hash())
    if answer is None or challenge is None:
        return False
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_host(),
            expected_origin=_origin(), require_user_verification=True,
        )  # fmt: skip
    except (exceptions.WebAuthnException, ValueError, KeyError, TypeError):
        return False
    ways = answer.get("response", {}).get("transports") or []
    return entrance.add_passkey(
        engine(), sessions.token_hash(), name, credential_id=made.credential_id,
        public_key=made.credential_public_key, sign_count=made.sign_count,
        transports=" ".join(way for way in ways if isinstance(way, str))[:100],
    )  # fmt: skip


def new_app(email: str) -> NewApp:
    """Draw the secret of an app; nothing is stored until its first code was right."""
    secret = totp.draw_secret()
    sealed, key_id = _vault().seal(secret.encode(), _of_session())
    picture = segno.make(totp.address_of(secret, email, "brokerpool"), error="m", micro=False)
    return NewApp(
        secret, f"{key_id}.{base64.urlsafe_b64encode(sealed).decode()}", _as_picture(picture)
    )


def again_app(email: str, sealed: str) -> NewApp | None:
    """The same app as before, for a form that is shown again."""
    secret = _opened(sealed)
    if secret is None:
        return None
    picture = segno.make(totp.address_of(secret, email, "brokerpool"), error="m", micro=False)
    return NewApp(secret, sealed, _as_picture(picture))


def add_app(whose: Owner, name: str, sealed: str, typed: str) -> bool:
    """Keep an app when its first code is right; that code is used up."""
    secret = _opened(sealed)
    step = totp.find_step(secret, typed, clock.now()) if secret else None
    if secret is None or step is None:
        entrance.factor_failed(engine(), sessions.token_hash())
        return False
    kept, key_id = _vault().seal(secret.encode(), about_totp(whose.account_id))
    return entrance.add_totp(
        engine(), sessions.token_hash(), name, sealed=kept, key_id=key_id, step=step
    )


def new_codes() -> list[str]:
    """Draw recovery codes and keep their hashes; they are shown now and never again."""
    codes = [_drawn() for _ in range(CODES)]
    kept = entrance.replace_codes(
        engine(), sessions.token_hash(), [code_hash(code) for code in codes]
    )
    return codes if kept else []


def code_hash(code: str) -> bytes:
    """What is stored of a recovery code; 120 random bits need no slow hash (ASVS 6.5.2)."""
    return hashlib.sha256("".join(c for c in code.lower() if c.isalnum()).encode()).digest()


def _is_passkey(whose: Owner, answer: str) -> bool:
    read = _read(answer)
    challenge = entrance.take_challenge(engine(), sessions.token_hash())
    key = _key_of(whose, read) if read else None
    if read is None or key is None or challenge is None or key.public_key is None:
        return False
    try:
        proved = webauthn.verify_authentication_response(
            credential=read, expected_challenge=challenge, expected_rp_id=_host(),
            expected_origin=_origin(), credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count, require_user_verification=True,
        )  # fmt: skip
    except (exceptions.WebAuthnException, ValueError, KeyError, TypeError):
        return False
    return entrance.take_passkey(engine(), sessions.token_hash(), key.id, proved.new_sign_count)


def _key_of(whose: Owner, answer: dict[str, Any]) -> Factor | None:
    named = answer.get("id")
    return next(
        (key for key in whose.of_kind(PASSKEY) if _text(key.credential_id or b"") == named), None
    )


def _is_code(whose: Owner, typed: str) -> bool:
    for app in whose.of_kind(TOTP):
        secret = _vault().open(app.secret or b"", app.key_id or "", about_totp(whose.account_id))
        step = totp.find_step(secret.decode(), typed, clock.now())
        if step is not None:
            return entrance.take_totp(engine(), sessions.token_hash(), app.id, step)
    return False


def _is_recovery_code(typed: str) -> bool:
    return entrance.take_code(engine(), sessions.token_hash(), code_hash(typed))


def _read(answer: str) -> dict[str, Any] | None:
    if not answer or len(answer) > LONGEST_ANSWER:
        return None
    try:
        read = json.loads(answer)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _opened(sealed: str) -> str | None:
    key_id, _, text = sealed.partition(".")
    try:
        plain = _vault().open(base64.urlsafe_b64decode(text), key_id, _of_session())
    except (ValueError, LookupError, InvalidTag):
        return None
    return plain.decode()


def _of_session() -> str:
    return f"enrolment {(g.viewer or g.half).session_id}"


def _as_picture(code: Any) -> str:
    return str(code.svg_data_uri(scale=5, border=3, light="white"))


def _named(key: Factor) -> structs.PublicKeyCredentialDescriptor:
    known = {way.value: way for way in structs.AuthenticatorTransport}
    ways = [known[way] for way in key.transports.split() if way in known]
    return structs.PublicKeyCredentialDescriptor(id=key.credential_id or b"", transports=ways)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _drawn() -> str:
    letters = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _host() -> str:
    return urlsplit(_origin()).hostname or ""


def _origin() -> str:
    return str(current_app.config["ORIGIN"])


def _vault() -> Vault:
    vault: Vault = current_app.config["VAULT"]
    return vault
