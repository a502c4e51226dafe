"""What the libraries we send through write to the log, without secrets and personal data.

httpx2 logs whole addresses, whose queries hold people's ids; httpcore2 logs the headers of answers, which hold cookies
and addresses, and those sent to a proxy; oauthlib logs what it signs. Not here: our own log lines, which hold none of
this to begin with.
"""

from __future__ import annotations

import logging

import httpx2

_ADDRESSES = "httpx2"
_SECRETS = ("oauthlib.oauth1.rfc5849", "oauthlib.oauth1.rfc5849.signature", "httpcore2.http11", "httpcore2.proxy")


class _WithoutQuery(logging.Filter):
    """Cuts the query off every address in a log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes, changed."""
        if isinstance(record.args, tuple):
            record.args = tuple(_cut(argument) for argument in record.args)
        return True


class _Nothing(logging.Filter):
    """Lets no record pass."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - the name is logging's
        """No record passes."""
        return False


def mask_library_logs() -> None:
    """From now on the libraries' logs hold no query, header or signature; calling it again changes nothing."""
    _add_once(_ADDRESSES, _WithoutQuery)
    for name in _SECRETS:
        _add_once(name, _Nothing)


def _add_once(name: str, kind: type[logging.Filter]) -> None:
    logger = logging.getLogger(name)
    if not any(isinstance(present, kind) for present in logger.filters):
        logger.addFilter(kind())


def _cut(argument: object) -> object:
    return argument.copy_with(query=None) if isinstance(argument, httpx2.URL) else argument
