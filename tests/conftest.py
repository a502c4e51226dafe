"""What holds for every test. Not here: fixtures, which stand with the tests that use them."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says nothing on a machine that is shared.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
