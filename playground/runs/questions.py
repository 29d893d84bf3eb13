"""What callers ask of the worker that has a run, and wait for: a file to take away, weights to take in."""

from dataclasses import dataclass

MOST_AT_ONCE = 4
"""Questions about one run that may wait for their answers at the same time."""


@dataclass(slots=True)
class Question:
    """Asked of the worker in ``slot`` about one run; answered once ``ok`` is not None. Guarded by the hub's lock."""

    run_id: str
    slot: int
    ok: bool | None = None
    text: str = ""
    """Why not, in words for a person."""
    data: bytes = b""

    def answer(self, ok: bool, text: str = "", data: bytes = b"") -> None:
        """The answer; the first one counts."""
        if self.ok is None:
            self.ok, self.text, self.data = ok, text, data


class Questions:
    """All questions of one hub that wait for an answer, by number."""

    def __init__(self) -> None:
        self._open: dict[int, Question] = {}
        self._asked = 0

    def ask(self, run_id: str, slot: int) -> tuple[int, Question]:
        """A new question and its number. Raises ValueError, in plain words, where many about this run wait already."""
        if sum(question.run_id == run_id for question in self._open.values()) >= MOST_AT_ONCE:
            raise ValueError("Several files of this run are being made already. Please wait until they are done.")
        self._asked += 1
        question = self._open[self._asked] = Question(run_id, slot)
        return self._asked, question

    def close(self, number: int) -> None:
        """Nobody waits for this answer any more."""
        self._open.pop(number, None)

    def answer(self, number: int, ok: bool, text: str, data: bytes) -> None:
        """A worker's answer; nothing happens where nobody waits for it any more."""
        if number in self._open:
            self._open[number].answer(ok, text, data)

    def worker_died(self, slot: int) -> None:
        """The worker in this slot will not answer."""
        for question in self._open.values():
            if question.slot == slot:
                question.answer(False, "The process that trained this run ended meanwhile. Please try again.")
