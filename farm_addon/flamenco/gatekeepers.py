# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between us and a Manager: certificates, proxies, login pages; in words, with what to
do about them. See docs/farm-over-the-internet.md."""

from __future__ import annotations

from urllib.parse import urlsplit

SET_HEADER = "farm config set-header URL NAME, or Blender's preferences"
SET_CA_FILE = "farm config set ca_file FILE, or Blender's preferences"

PAGE = (
    "check that the URL is that of a Flamenco Manager; where a proxy shows a login page, send the"
    f" header that it takes instead: {SET_HEADER}"
)

_LOGIN_WORDS = ("login", "signin", "sign-in", "sign_in", "oauth", "auth", "sso", "saml")
_CERTIFICATE_PROBLEMS = {
    "has expired": (
        "showed a certificate that has expired",
        "renew it on the Manager's side, and check this computer's clock",
    ),
    "not yet valid": (
        "showed a certificate that is not valid yet",
        "check the clocks of both computers",
    ),
    "mismatch": (
        "showed a certificate for another host name",
        "use the host name that the certificate is for",
    ),
    "doesn't match": (
        "showed a certificate for another host name",
        "use the host name that the certificate is for",
    ),
    "wrong version number": (
        "does not speak https there",
        "use the port that does, or a URL that begins with http://",
    ),
    "record layer failure": (
        "does not speak https there",
        "use the port that does, or a URL that begins with http://",
    ),
}


def why_not_secure(reason: object, ca_file: str) -> tuple[str, str]:
    """Return why no secure connection was made, to follow the Manager's name, and what to do.

    :param reason: what OpenSSL says, by way of ``requests``.
    :param ca_file: the file of authorities that is used, or empty for the usual ones.
    """
    text = str(reason)
    for words, told in _CERTIFICATE_PROBLEMS.items():
        if words in text.lower():
            return told
    if "certificate verify failed" not in text.lower():
        return "makes no secure connection", "check that the URL and its port are right"
    if ca_file:
        return (
            f"showed a certificate that '{ca_file}' does not vouch for",
            f"name the file of the authority that signed it: {SET_CA_FILE}",
        )
    return (
        "showed a certificate that is not trusted here",
        f"name the studio's CA file: {SET_CA_FILE}",
    )


def redirected(base_url: str, target: str) -> str:
    """Return what to do about a redirect, which is never followed: it could be told our headers.

    :param target: its header ``Location``.
    """
    here, there = urlsplit(base_url), urlsplit(target)
    if there.scheme == "https" and here.scheme == "http" and there.hostname == here.hostname:
        return f"use https://{there.netloc}"
    words = f"{there.netloc}{there.path}".lower()
    if any(word in words for word in _LOGIN_WORDS):
        return f"a proxy wants a login; send the header that it takes instead: {SET_HEADER}"
    return "use the URL that the Manager itself has, at the root of its host name"


def is_web_page(content: bytes) -> bool:
    """Tell whether an answer that should be JSON is a page for people."""
    return content[:200].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml"))


def why_refused(status: int) -> str:
    """Return what a status means that comes without a message of the Manager's own."""
    words = {
        401: "whoever asks must show who they are",
        403: "whoever asked is not let in",
        407: "a proxy must be shown who asks",
    }
    return f"{words[status]} (HTTP status {status})" if status in words else f"HTTP status {status}"
