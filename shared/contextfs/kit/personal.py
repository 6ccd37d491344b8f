"""Which classes of what tells who somebody is can be taken out of what is stored, beside secrets."""

from typing import Final, Literal, get_args

Personal = Literal["email", "phone", "card", "ssn"]
"""An email address, a phone number, the number of a payment card, a US social security number."""

PERSONAL: Final[tuple[Personal, ...]] = get_args(Personal)
USUAL: Final[frozenset[Personal]] = frozenset({"card", "ssn"})
"""What is taken out where nobody said anything else: what does harm in the wrong hands, and what rules find surely."""
