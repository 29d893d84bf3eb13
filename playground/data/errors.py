"""The one error a person's data can raise."""


class TableError(ValueError):
    """What is wrong with a table or with images, in words for the person who brought them.

    message: one or two plain sentences: what is wrong and what would be right.
    field: which part of the description it belongs to ("table", "target", "columns", "images", ...), so that a form
    can show it at the right place.
    """

    def __init__(self, message: str, field: str = "table") -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __reduce__(self) -> tuple:
        # Exceptions pickle by their args alone; this one crosses from a worker to the web process.
        return type(self), (self.message, self.field)
