"""Whether the word index is whole: a search notices most damage by itself, but not an index that finds too little."""

import sqlite3

from contextfs.local.base.connection import Base
from contextfs.local.search.due import is_made
from contextfs.local.search.queries import SQL


def is_whole(base: Base) -> bool:
    """Compare the word index with the texts that it was made of; one that was not made yet is whole."""
    if not is_made(base):
        return True
    try:
        base.run(SQL["examine"])
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            raise
        return False
    return True
