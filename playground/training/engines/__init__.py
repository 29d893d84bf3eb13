"""Engines: what executes a trainer's steps. `torch` is the reference; another is added to `ENGINES`."""

from __future__ import annotations

from playground.training.engines.protocol import Engine
from playground.training.engines.selection import ENGINES, choose_engine

__all__ = ["ENGINES", "Engine", "choose_engine"]
