"""E-mail of approved batches: every message exactly once or named as unsure, whatever the mail system says and whoever is killed."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from navigator.auth import COMMAND_LINE
from navigator.delivery import batches, previewing, queue
from navigator.delivery.mailing import Sending
from navigator.delivery.messages import Message
from navigator.errors import InputError
from navigator.settings import settings
from navigator.store.audit import read_audit
from navigator.store.engine import reading
from navigator.store.push_tables import MessageRow
from tests.delivery.batch_makers import LI, MEASURE, NOON, ZHANG, ZHAO, approved, firm, put, selected
from tests.delivery.mailserver import Box, mail_server

FUND = "fee-disabled-fund-exempt-30"


class Post:
    """A sender that answers as told, `sent` unless told otherwise, and keeps what it was given."""

    def __init__(self, *outcomes: str) -> None:
        self.given: list[Message] = []
        self._outcomes = list(outcomes)
        self.before: Callable[[], None] = lambda: None

    def send(self, message: Message, *, now: datetime | None = None) -> Sending:
        self.before()
        self.given.append(message)
        return Sending(self._outcomes.pop(0) if self._outcomes else "sent", "服务器说的")  # type: ignore[arg-type]


@pytest.fixture
def post_office(store, monkeypatch) -> None:
    """Mail set up so that batches can be approved; nothing listens there."""
    monkeypatch.setattr(settings(), "smtp_url", "smtp://127.0.0.1:9?tls=none")
    monkeypatch.setattr(settings(), "mail_sender", "policy@example.com")


@pytest.fixture
def batch(post_office) -> int:
    """Five enterprises waiting for mail."""
    put([firm(number) for number in range(1, 6)])
    return approved("email")


def go(number: int, post: Post, at: datetime = NOON) -> queue.Tally | None:
    return queue.work(number, post, clock=lambda: at)


def states(number: int) -> Counter[str]:
    return Counter(one.state for one in previewing.read_rows(ZHANG, number, limit=1000))


def test_each_gets_one_mail_and_then_the_batch_is_done(batch):
    post = Post()
    assert go(batch, post) == queue.Tally(sent=5)
    assert len({message.to for message in post.given}) == 5
    assert all("/p/" in message.links[0] and not message.trial for message in post.given)
    assert batches.read_batch(ZHANG, batch).state == "done"
    assert go(batch, post) is None
    assert "发送推送" in {one.action for one in read_audit(COMMAND_LINE)}


def test_refused_for_good_is_failed_and_refused_for_now_goes_out_later_as_the_same_message(batch):
    post = Post("failed", "later")
    assert go(batch, post) == queue.Tally(sent=3, failed=1, later=1)
    assert states(batch) == {"sent": 3, "failed": 1, "queued": 1}
    again = Post()
    assert go(batch, again, NOON + timedelta(minutes=5)) == queue.Tally()
    assert go(batch, again, NOON + timedelta(minutes=11)) == queue.Tally(sent=1)
    assert again.given[0].number == post.given[1].number
    assert batches.read_batch(ZHANG, batch).state == "done"


def test_a_mail_system_that_takes_nothing_is_left_in_peace(batch):
    post = Post(*["later"] * 5)
    assert go(batch, post) == queue.Tally(later=queue.PATIENCE)
    assert states(batch) == {"queued": 5}


def test_what_is_unsure_waits_for_a_person_who_says_it_went_out_or_not(batch):
    post = Post("unsure", "unsure")
    assert go(batch, post) == queue.Tally(sent=3, unsure=2)
    first, second = queue.list_unsettled(ZHANG, batch)
    assert first.pushes == 1
    assert go(batch, Post()) == queue.Tally()
    queue.settle(ZHANG, batch, first.id, went_out=True)
    queue.settle(ZHANG, batch, second.id, went_out=False)
    again = Post()
    assert go(batch, again, NOON + timedelta(minutes=1)) == queue.Tally(sent=1)
    assert [message.number for message in again.given] == [second.id]
    assert states(batch) == {"sent": 5}
    assert batches.read_batch(ZHANG, batch).state == "done"
    with pytest.raises(InputError, match="不是等人确认的"):
        queue.settle(ZHANG, batch, first.id, went_out=True)


def test_of_another_region_nothing_is_settled_or_seen(batch):
    go(batch, Post("unsure"))
    (one,) = queue.list_unsettled(ZHANG, batch)
    for call in (lambda: queue.list_unsettled(LI, batch), lambda: queue.settle(LI, batch, one.id, went_out=True)):
        with pytest.raises(InputError, match="没有第"):
            call()
    assert queue.waiting_batches(LI) == []


def test_two_workers_never_send_the_same(batch):
    post, other = Post(), Post()
    post.before = lambda: go(batch, other)
    assert go(batch, post) == queue.Tally(sent=5)
    assert other.given == []


def test_who_is_silent_is_taken_over_and_what_it_had_in_hand_is_unsure_until_it_tells(batch):
    late, heir = Post(), Post()
    taken = []

    def be_slow() -> None:
        if not taken:
            taken.append(queue.work(batch, heir, clock=lambda: NOON + timedelta(minutes=5)))

    late.before = be_slow
    assert go(batch, late) == queue.Tally(sent=1)
    assert taken == [queue.Tally(sent=4)]
    everybody = [message.number for message in (*late.given, *heir.given)]
    assert len(set(everybody)) == len(everybody) == 5
    assert states(batch) == {"sent": 5}


def test_withdrawn_while_one_is_on_its_way_that_one_counts_and_the_rest_stays(batch):
    post = Post()
    post.before = lambda: post.given or batches.withdraw(ZHAO, batch, "写错了")
    assert go(batch, post) == queue.Tally(sent=1)
    assert states(batch) == {"sent": 1, "withdrawn": 4}


def test_withdrawn_while_one_is_refused_for_now_it_never_goes_out(batch):
    post = Post("later")
    post.before = lambda: post.given or batches.withdraw(ZHAO, batch, "写错了")
    go(batch, post)
    assert states(batch) == {"withdrawn": 5}
    assert go(batch, Post(), NOON + timedelta(days=1)) is None


def test_a_fault_in_the_middle_lets_the_batch_go_and_what_was_in_hand_is_named(batch):
    post = Post()

    def fail() -> None:
        if len(post.given) == 2:
            raise RuntimeError

    post.before = fail
    with pytest.raises(RuntimeError):
        go(batch, post)
    assert go(batch, heir := Post()) == queue.Tally(sent=2)
    (unsure,) = queue.list_unsettled(ZHANG, batch)
    assert unsure.remark == queue.BROKEN_OFF
    assert unsure.id not in {message.number for message in (*post.given, *heir.given)}


def test_a_day_has_room_for_so_many(post_office):
    put([firm(number) for number in range(1, 6)])
    number = approved("email", daily=2)
    assert [go(number, Post(), NOON + timedelta(days=day)) for day in range(3)] == [
        queue.Tally(sent=2), queue.Tally(sent=2), queue.Tally(sent=1),
    ]  # fmt: skip


def test_several_pushes_are_one_mail_with_all_their_links(post_office):
    put([firm(1)])
    number = approved("email", measures=(MEASURE, FUND))
    post = Post()
    assert go(number, post) == queue.Tally(sent=1)
    assert len(post.given[0].links) == len(set(post.given[0].links)) == 2


def test_mail_that_is_not_set_up_is_told_before_anybody_waits_for_it(post_office, monkeypatch):
    put([firm(1)])
    monkeypatch.setattr(settings(), "smtp_url", "")
    with pytest.raises(InputError, match="NAVIGATOR_SMTP_URL"):
        approved("email")


def test_mail_to_invented_enterprises_goes_to_the_test_mailbox_alone(post_office, monkeypatch):
    put([firm(1)], example=True, contacts=False)
    monkeypatch.setattr(settings(), "mail_test_address", "test@example.com")
    number = approved("email", example=True)
    post = Post()
    assert go(number, post) == queue.Tally(sent=1)
    assert (post.given[0].to, post.given[0].text[:4]) == ("test@example.com", "【示例】")
    put([firm(2)], example=True, contacts=False)
    another = selected(ZHANG, "email", example=True)
    batches.propose(ZHANG, another)
    monkeypatch.setattr(settings(), "mail_test_address", "")
    with pytest.raises(InputError, match="测试邮箱"):
        batches.approve(ZHAO, another)


def test_killed_again_and_again_every_mail_goes_out_once_or_is_named(store, post_office, monkeypatch):
    put([firm(number) for number in range(1, 31)])
    with mail_server() as (box, port):
        slow(box, monkeypatch)
        monkeypatch.setattr(settings(), "smtp_url", f"smtp://127.0.0.1:{port}?tls=none")
        number = approved("email")
        moments = random.Random(8)
        for _ in range(3):
            kill_in_the_middle(surroundings(store, port), number, box, moments.random() * 0.2)
        assert len(box.taken) < 30
        subprocess.run(
            [sys.executable, "-c", WORKER, str(number)], env=surroundings(store, port), check=True, timeout=120
        )
        taken = Counter(mail["Message-ID"] for mail in box.taken)
        assert set(taken.values()) == {1}
        unsure = {one.id for one in queue.list_unsettled(ZHANG, number)}
        with reading() as session:
            sent = set(session.scalars(select(MessageRow.id).where(MessageRow.state == "sent")))
        numbers = {int(one.split("@")[0].rsplit("-", 1)[1]) for one in taken}
        assert len(sent | unsure) == 30
        assert sent <= numbers <= sent | unsure
        for one in unsure:
            queue.settle(ZHANG, number, one, went_out=one in numbers)
        subprocess.run(
            [sys.executable, "-c", WORKER, str(number)], env=surroundings(store, port), check=True, timeout=120
        )
        assert Counter(mail["To"].addresses[0].addr_spec for mail in box.taken) == Counter(
            {f"firm{one.enterprise_id}@example.com": 1 for one in previewing.read_rows(ZHANG, number, limit=100)}
        )
    assert states(number) == {"sent": 30}
    assert batches.read_batch(ZHANG, number).state == "done"


def kill_in_the_middle(given: dict[str, str], number: int, box: Box, seconds: float) -> None:
    """Let a process send some, then kill it."""
    begun = len(box.taken)
    process = subprocess.Popen([sys.executable, "-c", WORKER, str(number)], env=given)
    wait_for(lambda: len(box.taken) >= begun + 3)
    time.sleep(seconds)
    assert process.poll() is None
    process.kill()
    process.wait()


WORKER = f"""
import sys
from datetime import datetime, timedelta
from navigator.delivery import queue
from navigator.delivery.mailing import Mailer
with Mailer() as mailer:
    queue.work(int(sys.argv[1]), mailer, clock=lambda: datetime.fromisoformat("{NOON.isoformat()}"), silent=timedelta(0))
"""


def surroundings(address: str, port: int) -> dict[str, str]:
    given = {
        "DATABASE_URL": address, "NAVIGATOR_SMTP_URL": f"smtp://127.0.0.1:{port}?tls=none",
        "NAVIGATOR_MAIL_SENDER": "policy@example.com",
    }  # fmt: skip
    return os.environ | given


def slow(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server takes its time before and after it keeps a mail, so that a kill finds it at either."""
    keep = box.handle_DATA

    async def handle(server, session, envelope):
        await asyncio.sleep(0.03)
        answer = await keep(server, session, envelope)
        await asyncio.sleep(0.03)
        return answer

    monkeypatch.setattr(box, "handle_DATA", handle, raising=False)


def wait_for(true: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)
