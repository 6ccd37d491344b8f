"""Why no bundle is written."""


class Refused(Exception):
    """A bundle cannot be made as it was asked for; the message is a sentence for whoever asked."""
