"""A municipality's OpenID provider: Django OAuth Toolkit, over TLS, with one client and two people.

    openid_provider.py FOLDER CHAIN KEY REDIRECT

FOLDER takes its database, and may hold `client-secret`: without it the client is a public one. Prints `listening PORT`; its issuer is
https://localhost:PORT/o, the client is `convenant`.
Who signs in with a password there also counts as having shown a second factor, unless the name begins with `weak`.
"""

from __future__ import annotations

import pathlib
import secrets
import ssl
import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

PEOPLE = {"amira": "een-lang-wachtwoord-1", "weak-bo": "een-lang-wachtwoord-2"}
FORM = "<!DOCTYPE html><title>Provider</title><form method=post>{% csrf_token %}{{ form.as_p }}<button>Log in</button></form>"


def configure(folder: pathlib.Path, port: int) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "registration").mkdir()
    (folder / "registration" / "login.html").write_text(FORM)
    settings.configure(
        SECRET_KEY=secrets.token_urlsafe(32),
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        LOGIN_URL="/login/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"],
        # The common one says how long each answer is: a body that only the connection's end ends could have been cut short.
        MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "provider.sqlite")}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [str(folder)], "OPTIONS": {"context_processors": ["django.template.context_processors.request"]}}],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": pem.decode(),
            "OIDC_ISS_ENDPOINT": f"https://localhost:{port}/o",
            "PKCE_REQUIRED": True,
            "SCOPES": {"openid": "who you are"},
            "OAUTH2_VALIDATOR_CLASS": "openid_provider.Levels",
        },
    )
    django.setup()


def levels():
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Levels(OAuth2Validator):
        oidc_claim_scope = None

        def get_additional_claims(self, request):
            return {"acr": "one" if request.user.username.startswith("weak") else "two"}

    return Levels


def fill(folder: pathlib.Path, redirect: str) -> None:
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User
    from oauth2_provider.models import Application

    for name, password in PEOPLE.items():
        User.objects.create_user(name, password=password)
    secret = folder / "client-secret"
    Application.objects.create(
        client_id="convenant", name="Convenant", redirect_uris=redirect, algorithm="RS256", skip_authorization=True,
        authorization_grant_type="authorization-code", client_type="confidential" if secret.exists() else "public",
        client_secret=secret.read_text() if secret.exists() else "",
    )


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """What is worth saying is said by the pages."""


urlpatterns: list = []


def main() -> None:
    folder, chain, key, redirect = pathlib.Path(sys.argv[1]), *sys.argv[2:]
    sys.modules["openid_provider"] = sys.modules[__name__]
    server = make_server("localhost", 0, None, WSGIServer, Quiet)
    configure(folder, server.server_port)
    globals()["Levels"] = levels()
    from django.contrib.auth.views import LoginView
    from django.core.wsgi import get_wsgi_application

    urlpatterns.extend([path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")), path("login/", LoginView.as_view())])
    fill(folder, redirect)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    application = get_wsgi_application()
    server.set_app(lambda environ, start: application({**environ, "wsgi.url_scheme": "https", "HTTPS": "on"}, start))
    print(f"listening {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
