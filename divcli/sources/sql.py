"""Texts and names in SQL."""


def quoted(text: str) -> str:
    """A text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'
