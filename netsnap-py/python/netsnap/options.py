"""Options that have a form of their own."""

from typing import TypedDict


class Limits(TypedDict, total=False):
    """The limits of a connection: times in seconds, ``output`` in bytes. What is left out has the engine's default."""

    connect: float
    handshake: float
    authentication: float
    prompt: float
    idle: float
    total: float
    output: int
