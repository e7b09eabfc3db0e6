"""The journal itself: every method of `agent.ports.Journal`, plain and synchronous, over one database and one key file.

Thread-safe. Raises only `agent.errors`. Each change is on the disk before its method returns.
"""

from __future__ import annotations

from journal.accounts import Accounts
from journal.backup import Backups
from journal.choices import Choices
from journal.entries import Entries
from journal.rotation import Rotation
from journal.seeing import Seeing
from journal.travel import Travel
from journal.wholes import Wholes


class Store(Entries, Seeing, Choices, Travel, Wholes, Accounts, Backups, Rotation):
    """A journal for any number of persons, none of whom can see another's rows."""
