"""The sandbox SIS in the dress of any partner: its sign-in, addresses, pages, ids, quirks and refusals.

    dressed = dress(profile)
    load_package(package, database, at=at)
    dressed.fit(database, at=at)
    with start(dressed.settings, database) as sis:
        entries = dressed.entries(sis)      # what a district copies from its SIS

A dress is made of the partner's profile and of the file in `wardrobe` that says what only a server knows; a partner
without such a file is dressed all the same.
"""

from sis_connect.sandbox.sis.dress.tailor import Dress, dress
from sis_connect.sandbox.sis.dress.wardrobe import Wear, find_wear, read_wear

__all__ = ["Dress", "Wear", "dress", "find_wear", "read_wear"]
