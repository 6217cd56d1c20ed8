"""allauth's pages, about oneself; the owner alone has a second factor: an app, recovery codes and a passkey."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from tests.access.rows import Answer, Answers, Row, everybody, who
from tests.access.world import World


def furnish(world: World) -> None:
    owner = world.users["owner"]
    TOTP.activate(owner, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(owner)
    world.passkey = WebAuthn.add(owner, "A key of Quillshop", passkey()).instance


def passkey() -> dict:
    """What a browser would have sent."""
    point = {1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32}
    credential = AttestedCredentialData.create(b"\0" * 16, b"a passkey", ES256(point))
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    proof = AttestationObject.create("none", AuthenticatorData.create(b"\0" * 32, flags, 0, credential), {})
    said = CollectedClientData.create("webauthn.create", b"challenge", "http://testserver")
    return {
        "id": websafe_encode(b"a passkey"),
        "rawId": websafe_encode(b"a passkey"),
        "type": "public-key",
        "response": {"clientDataJSON": websafe_encode(said), "attestationObject": websafe_encode(proof)},
        "clientExtensionResults": {"credProps": {"rk": True}},
    }


def page(route: str, get: Answers, **more) -> Row:
    """A page that is only read; Django's own views answer OPTIONS with what they take."""
    strangers = get["stranger"] == 200
    no, yes = (everybody(405), everybody(200)) if strangers else (who(405), who(200))
    return Row(route, get=get, **{"post": no, "put": no, "patch": no, "delete": no, "options": yes, **more})


def form(route: str, get: Answers, post: Answers, **more) -> Row:
    """A page with a form. A PUT is a POST whose body is not read, hence of no field."""
    strangers = get["stranger"] == 200
    no, yes = (everybody(405), everybody(200)) if strangers else (who(405), who(200))
    return Row(route, get=get, post=post, **{"put": post, "patch": no, "delete": no, "options": yes, **more})


def same(route: str, answer: Answers, **more) -> Row:
    """One answer, whatever the method."""
    return Row(route, **dict.fromkeys(("get", "post", "put", "patch", "delete", "options"), answer), **more)


def for_strangers(route: str, **more) -> Row:
    """A form for whoever is not signed in; all others are sent home."""
    home = {"no": who("today", stranger=405), "yes": who("today", stranger=200)}
    return Row(
        route,
        **{"get": home["yes"], "post": home["yes"], "put": home["yes"], "patch": home["no"]}
        | {"delete": home["no"], "options": home["yes"]}
        | more,
    )


def owners(answer: Answer, others: Answer = 404) -> Answers:
    """For pages about a second factor, which nobody else has."""
    return who(others, owner=answer)


def reset_link(world: World, broken: str = "") -> dict:
    viewer = world.users["viewer"]
    return {"uidb36": user_pk_to_url_str(viewer), "key": default_token_generator.make_token(viewer) + broken}


ROWS = [
    # ---- In and out -----------------------------------------------------------------------------------------------
    for_strangers("account_login", shows='name="login"'),
    for_strangers("account_signup", shows='name="email"'),
    for_strangers("account_request_login_code", shows='name="email"'),
    for_strangers(
        "mfa_login_webauthn",
        get=who("today", stranger="account_login"),
        post=who("today", stranger="account_login"),
        put=who("today", stranger="account_login"),
    ),
    form(
        "account_logout",
        get=who(200, stranger="account_login"),
        post=everybody("account_login"),
        shows='action="/accounts/logout/"',
        put=everybody(405),
        patch=everybody(405),
        delete=everybody(405),
        options=everybody(200),
    ),
    page("account_inactive", everybody(200), shows="<h1"),
    # Between the password and the code: nobody of the cast stands there.
    same("account_confirm_login_code", who("today", stranger="account_request_login_code")),
    same("mfa_authenticate", who("today", stranger="account_login")),
    # ---- Proving it is oneself ------------------------------------------------------------------------------------
    form("account_reauthenticate", who(200), who(200), shows='name="password"'),
    form(
        "mfa_reauthenticate",
        owners(200, "account_reauthenticate"),
        owners(200, "account_reauthenticate"),
        patch=owners(405, "account_reauthenticate"),
        delete=owners(405, "account_reauthenticate"),
        options=owners(200, "account_reauthenticate"),
        shows='name="code"',
    ),
    form(
        "mfa_reauthenticate_webauthn",
        owners(200, "account_reauthenticate"),
        owners("account_login", "account_reauthenticate"),
        patch=owners(405, "account_reauthenticate"),
        delete=owners(405, "account_reauthenticate"),
        options=owners(200, "account_reauthenticate"),
        shows='name="credential"',
    ),
    # ---- Address and password -------------------------------------------------------------------------------------
    form("account_email", who(200), who("account_email"), shows=lambda world, person: world.users[person].email),
    same("account_email_verification_sent", who("account_email", stranger="account_login")),
    form("account_change_password", who(200), who(200), shows='name="oldpassword"'),
    same("account_set_password", who("account_change_password")),
    form("account_reset_password", everybody(200), everybody(200), shows='name="email"'),
    page("account_reset_password_done", everybody(200), shows="<h1"),
    same("account_reset_password_from_key", everybody("account_reset_password_from_key"), note="live", args=reset_link),
    same("account_reset_password_from_key", everybody(200), note="forged", args=lambda world: reset_link(world, "x")),
    page("account_reset_password_from_key_done", everybody(200), shows="<h1"),
    # ---- Sessions, second factors ---------------------------------------------------------------------------------
    form("usersessions_list", who(200), who("usersessions_list"), shows="<h1"),
    page("mfa_index", who(200), shows="<h1"),
    Row(
        "mfa_activate_totp",  # who has one is sent to where it can be taken away
        get=owners("mfa_deactivate_totp", 200),
        post=owners("mfa_deactivate_totp", 200),
        put=owners("mfa_deactivate_totp", 200),
        patch=owners("mfa_deactivate_totp", 405),
        delete=owners("mfa_deactivate_totp", 405),
        options=owners("mfa_deactivate_totp", 200),
        shows='name="code"',
    ),
    form(
        "mfa_deactivate_totp",
        owners(200),
        owners("mfa_index"),
        shows="<form",
        patch=owners(405),
        delete=owners(405),
        options=owners(200),
        changes=lambda world, person: Authenticator.objects.filter(type="totp").count(),
    ),
    page("mfa_view_recovery_codes", owners(200), shows="<h1", marks=("mfa_authenticator",)),
    form("mfa_generate_recovery_codes", who(200), owners("mfa_view_recovery_codes", 200), shows="<form"),
    page(
        "mfa_download_recovery_codes",
        owners(200),
        shows="\n",
        marks=("mfa_authenticator",),
        post=owners(405),
        put=owners(405),
        patch=owners(405),
        delete=owners(405),
        options=owners(200),
    ),
    page(
        "mfa_list_webauthn", who(200), shows=lambda world, person: "A key of Quillshop" if person == "owner" else "<h1"
    ),
    form("mfa_add_webauthn", who(200), who(200), shows='name="name"'),
    Row(
        "mfa_edit_webauthn",
        args=lambda world: {"pk": world.passkey.pk},
        get=owners(200),
        post=owners("mfa_list_webauthn"),
        data=lambda world, person: {"name": "Renamed"},
        shows="A key of Quillshop",
        changes=lambda world, person: Authenticator.objects.get(pk=world.passkey.pk).data["name"],
        put=owners(200),
        options=who(200),
    ),
    Row(
        "mfa_remove_webauthn",
        args=lambda world: {"pk": world.passkey.pk},
        get=owners(200),
        post=owners("mfa_list_webauthn"),
        shows="<form",
        changes=lambda world, person: Authenticator.objects.filter(pk=world.passkey.pk).exists(),
        delete=owners("mfa_list_webauthn"),
        options=who(200),
    ),
]
