"""The sandbox's events, as they arrive over the network, hint at the class in which somebody graded."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import msgspec
import pytest

from graded_classes import a_hand, put_class_into, settings_for
from integration.sandbox.receiver import Receiver
from sis_connect.sandbox.schoology import Webhooks, server
from sis_connect.sandbox.schoology.settings import SandboxSettings
from sis_connect.schoology.connection import open_grade_source
from sis_connect.schoology.webhooks import Hint, parse_hint

if TYPE_CHECKING:
    from sis_connect.transport.client import HttpClient


def subscribe(hand: HttpClient, url: str, *, include_object: bool) -> None:
    """Grades and items are told to this address from now on."""
    reply = hand.send("POST", "triggers/targets", body=msgspec.json.encode({"target": url}))
    target = msgspec.json.decode(reply.content)["id"]
    wanted = {"target_id": target, "subscribed": 1, "include_object": int(include_object)}
    body = {"subscription": [{**wanted, "trigger": trigger} for trigger in ("grades", "grade_item", "attendance")]}
    hand.send("PUT", "triggers/subscriptions", body=msgspec.json.encode(body))


@pytest.mark.parametrize("include_object", [True, False])
def test_every_event_of_a_class_hints_at_it(*, include_object: bool) -> None:
    settings = SandboxSettings(rate=None, webhooks=Webhooks(by_themselves=False))
    with ExitStack() as stack:
        sandbox = stack.enter_context(server.start(settings))
        receiver = stack.enter_context(Receiver())
        hand = stack.enter_context(a_hand(sandbox))
        graded = put_class_into(sandbox, stack.enter_context(open_grade_source(settings_for(sandbox))), hand)
        subscribe(hand, receiver.url, include_object=include_object)
        item = graded.add_item("Fractions")
        graded.grade(item, "ada", "5")
        graded.remove_item(item)
        sandbox.deliver_webhooks()

        assert {"grade_item.update", "grades.update", "grade_item.delete"} <= set(receiver.types())
        hints = {parse_hint(msgspec.json.encode(event)) for event in receiver.events}
        assert hints == {Hint(frozenset({graded.class_.key}), frozenset({graded.class_.lms_id}))}
