"""The one error a person is meant to read."""

from __future__ import annotations


class UserError(Exception):
    """Something in the data or the parameters that a person can put right.

    The command line prints it on one screen and exits with code 2, without a traceback.

    Parameters
    ----------
    problem : str
        What is wrong, in a sentence.
    where : str, optional
        The file (and line), table column or parameter key it is about.
    valid : str, optional
        What would be right: a value, a snippet or a command that works.
    """

    def __init__(self, problem: str, *, where: str | None = None, valid: str | None = None) -> None:
        self.problem, self.where, self.valid = problem, where, valid
        super().__init__(str(self))

    def __str__(self) -> str:
        """Where, what, and what would be right, each on its own line."""
        head = f"{self.where}: {self.problem}" if self.where else self.problem
        return f"{head}\n  valid: {self.valid}" if self.valid else head


class InsufficientHistory(UserError):  # noqa: N818 - reads as what happened
    """The data are valid, but too few for a model to learn from: the pipeline goes on without it."""
