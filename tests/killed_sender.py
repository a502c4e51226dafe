"""Processes that send grades and are killed on the way, and a SIS that sees what they wrote until then."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from dataclasses import dataclass, field
from functools import wraps
from importlib import import_module
from threading import Condition, Event, Lock
from typing import TYPE_CHECKING, Any

from grade_side import EVERYTHING, GradingDistrict
from sis_connect.sandbox.serving import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from starlette.responses import Response

    from sis_connect.sandbox.sis.exchange import Answer, Exchange, Proceed
    from sis_connect.settings import Settings

#: What ends a process without a word to it.
KILL = signal.SIGKILL
_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["grade_side"])
_WRITES = ("putCategory", "putLineItem", "putResult")


@dataclass(frozen=True)
class Death:
    """A moment: one call of something, before it takes effect or after it did, but before anybody learns of it."""

    #: An operation of the SIS, or a method of ours as `module:Class.method`.
    call: str
    number: int = 1
    after: bool = False

    @property
    def is_ours(self) -> bool:
        return ":" in self.call

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'} {self.call.rpartition(':')[2]} {self.number}"


@dataclass
class WatchedSis:
    """A layer of the SIS that counts what is written, and kills who asks at the moment that it was told."""

    #: Successful writes, by operation and id.
    written: Counter[tuple[str, str]] = field(default_factory=Counter)
    _calls: Counter[str] = field(default_factory=Counter)
    _death: Death | None = None
    _victim: int | None = None
    _armed: Event = field(default_factory=Event)
    _idle: Condition = field(default_factory=Condition)
    _under_way: int = 0

    async def layer(self, exchange: Exchange, proceed: Proceed) -> Answer | Response:
        """Sees every request before the provider does, and every answer before it leaves."""
        self._armed.wait()
        name = exchange.operation.id if exchange.operation is not None else ""
        with self._idle:
            self._under_way += 1
        try:
            self._calls[name] += 1
            death = self._death
            is_last = death is not None and (death.call, death.number) == (name, self._calls[name])
            if death is not None and is_last and not death.after:
                return self._kill()
            answer = await proceed(exchange)
            if name in _WRITES and getattr(answer, "status", 500) < 300:
                self.written[name, exchange.ids["id"]] += 1
            return self._kill() if is_last else answer
        finally:
            with self._idle:
                self._under_way -= 1
                self._idle.notify_all()

    def _kill(self) -> Response:
        assert self._victim is not None
        os.kill(self._victim, KILL)
        return NoAnswer()

    def let_anybody_in(self) -> None:
        self._death = None
        self._armed.set()

    def send_and_die(self, district: GradingDistrict, death: Death) -> None:
        """A process of its own sends the grades and is killed at that moment; what it asked for is done."""
        self._calls.clear()
        self._death = None if death.is_ours else death
        self._armed.clear()
        process = _FORKED.Process(target=_send, args=(district.folder, district.settings, district.now, death))
        process.start()
        self._victim = process.pid
        self._armed.set()
        process.join()
        assert process.exitcode == -KILL, f"nobody was killed {death}: {process.exitcode}"
        with self._idle:
            self._idle.wait_for(lambda: self._under_way == 0)
        self.let_anybody_in()


def _send(folder: Path, settings: Settings, now: datetime, death: Death) -> None:
    if death.is_ours:
        _doom(death)
    no_sandbox: Any = None  # they live in the process that this one was made by
    district = GradingDistrict(folder, no_sandbox, no_sandbox, settings, now)
    with district.opened() as opened:
        opened.grades.send(EVERYTHING)


def _doom(death: Death) -> None:
    """Our method kills its process when it is called for the last time."""
    module, _, path = death.call.partition(":")
    class_name, _, name = path.partition(".")
    class_ = getattr(import_module(module), class_name)
    method: Callable[..., object] = getattr(class_, name)
    calls, lock = Counter[str](), Lock()

    @wraps(method)
    def last(*args: object, **named: object) -> object:
        with lock:
            calls[name] += 1
            is_last = calls[name] == death.number
        if is_last and not death.after:
            os.kill(os.getpid(), KILL)
        answer = method(*args, **named)
        if is_last:
            os.kill(os.getpid(), KILL)
        return answer

    setattr(class_, name, last)
