"""A reference provider of OneRoster 1.1: all 61 operations over any CSV package or seeded district.

`load_package` or `load_district` fills a database, `start` serves it on the loopback interface. It shares the standard
(`oneroster`) with the product and nothing else. Layers (`exchange`) make it deviate; `RunningSis.records` changes what
it serves while it runs.
"""

from sis_connect.sandbox.sis.exchange import Answer, Exchange, Layer, Proceed
from sis_connect.sandbox.sis.loading import Loaded, load_district, load_package
from sis_connect.sandbox.sis.records import Records, Writing
from sis_connect.sandbox.sis.server import RunningSis, start
from sis_connect.sandbox.sis.settings import (
    SIS_CLIENT_ID,
    SIS_CLIENT_SECRET,
    Client,
    ExpiresIn,
    SignIn,
    SisSettings,
    TokenStyle,
)
from sis_connect.sandbox.sis.statistics import Statistics

__all__ = [
    "SIS_CLIENT_ID",
    "SIS_CLIENT_SECRET",
    "Answer",
    "Client",
    "Exchange",
    "ExpiresIn",
    "Layer",
    "Loaded",
    "Proceed",
    "Records",
    "RunningSis",
    "SignIn",
    "SisSettings",
    "Statistics",
    "TokenStyle",
    "Writing",
    "load_district",
    "load_package",
    "start",
]
