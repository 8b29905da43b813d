"""Texts and names in SQL, and how text is read."""

# Half of the reader's own buffers, of which each thread has some: as fast, in less room.
# Were the longest line not named, it would be a buffer's length, for which more memory is taken.
READING = "auto_detect=false, buffer_size=16000000, max_line_size=2000000"


def quoted(text: str) -> str:
    """A text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'
