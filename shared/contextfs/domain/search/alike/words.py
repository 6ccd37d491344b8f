"""Words that change what a text says, or that it may do without."""


def listed(words: str) -> frozenset[str]:
    """Make a set of the words of a text."""
    return frozenset(words.split())


COURTESY = listed(
    """
    a actually all also always agreed am an and are as at be been being by called decided decision did do does each
    every everyone for going has have having here i in is it its just kindly let lets me must my note now of ok okay
    on our ours please put really remember settled shall should so sure team that the their there these this to us we
    well will with would yes you your
    """
)
"""Words that may be left out, and the rest still says the same."""

NEGATIONS = listed(
    """
    avoid cannot except forbid forbidden instead neither never no none nor not nothing off stop unless without disable
    disabled
    """
)
"""Words that turn what is said."""

DIRECTIONS = listed(
    """
    above after against before below between for from if into over past rather since than then through to under until
    when while
    """
) - {"for", "to"}
"""Words after which it matters what comes first."""

NARROWING = listed("onli alon exclus mostli mai might can could sometim in on at for to")
"""Stems of words that make less of what is said."""

NUMBERS = listed(
    """
    zero one two three four five six seven eight nine ten eleven twelve once twice thrice half double first second third
    last monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays
    saturdays sundays january february april june july august september october november december daily weekly monthly
    yearly hourly nightly
    """
)
"""Numbers and times in words."""
