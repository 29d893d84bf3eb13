"""What is told of a file that cannot be taken in."""


class FileError(ValueError):
    """A file that cannot be read here. The message is for a person: what is wrong, and what would be right."""
