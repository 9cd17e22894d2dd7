"""From a nurse's press to what became of it: one message, one person, safe hours, and nothing by itself."""

from contextlib import suppress
from datetime import timedelta

import pytest

from portal.messages import Deliverer
from portal.records import outbox
from portal.records.models import CaseRecord, Centre
from portal.records.outbox import Kind, NotSentError, State, Trouble
from portal.records.outbox.delivering import KEPT, LEASE, LIFE, WAITS
from portal.records.recipients import Channel
from tests.agreeing import agreed
from tests.clock import at
from tests.messages.post import DIALLED, NUMBER, Kill, PostDesk, Way
from tests.records.desk import Kind as Request


def test_a_message_goes_to_one_number_and_is_then_forgotten(desk: PostDesk) -> None:
    link = desk.link()
    queued = desk.queue_link(link)
    waiting = desk.message(queued.message_id)
    assert (waiting.state, queued.not_before) == (State.WAITING, desk.clock())
    assert waiting.sealed_to
    assert DIALLED.encode() not in waiting.sealed_to
    assert link.token.encode() not in (waiting.sealed_text or b"")
    assert desk.deliver() == {"sent": 1}
    [(_, left)] = desk.post.left
    assert (left.id, left.to) == (queued.message_id, DIALLED)
    assert left.text.startswith("Bonjour. Votre information est disponible : http://localhost/fr/l/")
    sent = desk.message(queued.message_id)
    assert (sent.state, sent.sealed_to, sent.sealed_text) == (State.SENT, None, None)
    assert desk.actions() == ["message-queued", "message-sent"]
    assert desk.deliver() == {}


def test_pressed_twice_is_one_message(desk: PostDesk) -> None:
    link = desk.link()
    first, second = desk.queue_link(link), desk.queue_link(link)
    assert (first.is_new, second.is_new, first.message_id) == (True, False, second.message_id)
    desk.deliver()
    assert not desk.queue_link(link).is_new  # also after it went
    assert desk.queue().is_new
    assert not desk.queue().is_new
    desk.clock.forward(days=1)
    assert desk.queue().is_new


def test_a_message_taken_back_leaves_the_place_to_another(desk: PostDesk) -> None:
    first = desk.queue()
    assert outbox.cancel(desk.database, desk.centre_id, first.message_id, desk.nurse, desk.clock())
    assert not outbox.cancel(desk.database, desk.centre_id, first.message_id, desk.nurse, desk.clock())
    assert desk.message(first.message_id).problem == Trouble.BY_HAND
    second = desk.queue()
    assert second.is_new
    desk.deliver()
    assert [message.id for _, message in desk.post.left] == [second.message_id]


def refused(desk: PostDesk, kind: Kind = Kind.CALL) -> Trouble:
    with pytest.raises(NotSentError) as why:
        desk.queue(kind)
    return why.value.trouble


def test_what_cannot_be_sent_is_refused_with_its_reason(desk: PostDesk) -> None:
    assert refused(desk, Kind.REMINDER) is Trouble.NOT_WISHED
    desk.wish(way="call")
    assert refused(desk, Kind.REMINDER) is Trouble.NOT_WISHED
    for way, to, why in (
        ("call", NUMBER, Trouble.NO_CONTACT),
        ("sms", "0470 12 34 56 or her sister", Trouble.NOT_ONE),
        ("sms", "somebody@example.org", Trouble.NOT_ONE),
        ("email", "a@example.org, b@example.org", Trouble.NOT_ONE),
        ("email", "a@example.org\nBcc: b@example.org", Trouble.NOT_ONE),
    ):
        desk.agree(way, to)
        assert refused(desk) is why
    agreed(desk.database, desk.centre_id, desk.case_id, None, desk.clock())
    assert refused(desk) is Trouble.NO_CONTACT
    desk.agree(hours=("evening",))
    with desk.database.writing(desk.centre_id) as session:
        session.get_one(Centre, desk.centre_id).quiet_from = 17
    assert refused(desk) is Trouble.NO_HOURS
    stop(desk)
    assert refused(desk) is Trouble.STOPPED
    assert desk.actions() == []
    with pytest.raises(ValueError, match="link"):
        desk.queue(Kind.LINK)


def test_a_reminder_goes_in_the_hours_she_wished_and_those_agreed(desk: PostDesk) -> None:
    desk.agree(hours=("morning", "evening"))
    desk.wish(hours="evening")
    queued = outbox.queue_reminder(desk.database, desk.centre_id, desk.case_id, desk.nurse, desk.clock())
    assert queued.not_before == at("2026-08-01T15:00:00")  # five in the afternoon in Brussels
    assert desk.deliver() == {}
    desk.clock.forward(hours=5)
    assert desk.deliver() == {"sent": 1}
    assert "rappel" in desk.post.left[0][1].text


def test_nothing_goes_in_the_quiet_hours_of_the_centre(desk: PostDesk) -> None:
    desk.clock.forward(hours=12)  # midnight
    queued = desk.queue()
    assert queued.not_before == at("2026-08-02T07:00:00")
    for _ in range(9):
        assert desk.deliver() == {}
        desk.clock.forward(hours=1)
    assert desk.deliver() == {"sent": 1}


def test_hours_are_asked_again_in_the_last_moment(desk: PostDesk) -> None:
    queued = desk.queue()
    desk.post.before = lambda: desk.clock.forward(hours=9)  # a server that takes nine hours to say good day
    assert desk.deliver() == {"withdrawn": 1}
    assert desk.message(queued.message_id).not_before == at("2026-08-02T07:00:00")
    assert desk.post.left == []


def stop(desk: PostDesk) -> None:
    desk.ask(Request.STOP_MESSAGES)


def test_stop_cancels_everything_that_waits_in_the_same_moment(desk: PostDesk) -> None:
    link, call = desk.queue_link(desk.link()), desk.queue()
    stop(desk)
    for queued in (link, call):
        message = desk.message(queued.message_id)
        assert (message.state, message.problem) == (State.CANCELLED, Trouble.STOPPED)
        assert (message.sealed_to, message.sealed_text) == (None, None)
    assert desk.deliver() == {}
    assert desk.actions()[-2:] == ["message-cancelled"] * 2


def test_stop_reaches_a_message_that_is_already_on_its_way_to_the_server(desk: PostDesk) -> None:
    queued = desk.queue()
    desk.post.before = lambda: stop(desk)
    assert desk.deliver() == {"withdrawn": 1}
    assert desk.post.left == []
    assert desk.message(queued.message_id).problem == Trouble.STOPPED


def test_a_changed_contact_an_ended_link_and_a_moved_case_are_seen_before_it_goes(desk: PostDesk) -> None:
    queued = desk.queue()
    desk.agree(to="0471 00 00 00")
    assert desk.deliver() == {}
    assert desk.message(queued.message_id).problem == Trouble.CONTACT_CHANGED

    old = desk.queue_link(desk.link())
    desk.link()
    assert desk.deliver() == {}
    assert desk.message(old.message_id).problem == Trouble.LINK_ENDED

    desk.wish()
    dropped = desk.queue(Kind.REMINDER)
    desk.choose(reminder=None)
    assert desk.deliver() == {}
    assert desk.message(dropped.message_id).problem == Trouble.NOT_WISHED

    moved = desk.queue()
    with desk.database.writing(desk.centre_id) as session:
        session.get_one(CaseRecord, desk.case_id).moved_at = desk.clock()
    assert desk.deliver() == {}
    assert desk.message(moved.message_id).problem == Trouble.MOVED
    assert desk.post.left == []
    assert desk.undelivered() == []


def test_a_newer_link_cancels_the_message_of_the_older(desk: PostDesk) -> None:
    old = desk.queue_link(desk.link())
    new = desk.queue_link(desk.link())
    assert desk.message(old.message_id).state == State.CANCELLED
    desk.deliver()
    assert [message.id for _, message in desk.post.left] == [new.message_id]


def test_an_ended_link_is_not_queued(desk: PostDesk) -> None:
    link = desk.link()
    desk.link()
    with pytest.raises(NotSentError) as why:
        desk.queue_link(link)
    assert why.value.trouble is Trouble.LINK_ENDED


def test_a_dead_server_is_tried_with_growing_waits_and_then_a_nurse_is_told(desk: PostDesk) -> None:
    queued = desk.queue()
    for wait in WAITS:
        assert desk.deliver(Way.LATER) == {"later (busy)": 1}
        message = desk.message(queued.message_id)
        assert message.state == State.WAITING
        assert message.not_before - desk.clock() >= wait
        desk.clock.moment = message.not_before
    assert desk.deliver(Way.LATER) == {"later (busy)": 1}
    assert desk.message(queued.message_id).state == State.FAILED
    assert desk.undelivered() == [queued.message_id]
    assert desk.post.left == []


def test_waits_end_in_safe_hours(desk: PostDesk) -> None:
    desk.clock.forward(hours=7, minutes=50)  # ten to eight in the evening
    queued = desk.queue()
    desk.deliver(Way.LATER, Way.LATER)
    desk.clock.forward(minutes=2)
    desk.deliver()
    assert desk.message(queued.message_id).not_before == at("2026-08-02T07:00:00")


def test_what_is_refused_for_good_comes_back_at_once(desk: PostDesk) -> None:
    queued = desk.queue()
    assert desk.deliver(Way.REFUSES) == {"refused (refused)": 1}
    message = desk.message(queued.message_id)
    assert (message.state, message.problem) == (State.FAILED, Trouble.REFUSED)
    assert desk.undelivered() == [queued.message_id]


@pytest.mark.parametrize("way", [Way.LOSES, Way.DROPS, Way.KILLED_BEFORE, Way.KILLED_AFTER])
def test_what_nobody_knows_is_never_sent_again_by_itself(desk: PostDesk, way: Way) -> None:
    queued = desk.queue()
    with suppress(Kill):
        desk.deliver(way)
    assert desk.deliver() == {}
    desk.clock.forward(minutes=LEASE.seconds / 60 + 1)
    assert desk.deliver() == {}
    assert desk.message(queued.message_id).state == State.UNSURE
    assert desk.undelivered() == [queued.message_id]
    assert len(desk.post.left) <= 1


def test_a_nurse_sends_it_again_to_the_contact_as_it_is_now(desk: PostDesk) -> None:
    link = desk.link()
    failed = desk.queue_link(link)
    desk.deliver(Way.REFUSES)
    desk.agree(to="0471 00 00 00")
    again = outbox.again(desk.database, desk.centre_id, failed.message_id, desk.nurse, desk.clock())
    assert again
    assert outbox.again(desk.database, desk.centre_id, failed.message_id, desk.nurse, desk.clock()) is None
    assert desk.undelivered() == []
    assert desk.message(failed.message_id).sealed_text is None
    desk.deliver()
    [(_, left)] = desk.post.left
    assert (left.to, link.token in left.text) == ("+32471000000", True)


def test_a_link_that_has_ended_is_not_sent_again(desk: PostDesk) -> None:
    failed = desk.queue_link(desk.link())
    desk.deliver(Way.REFUSES)
    desk.link()
    with pytest.raises(NotSentError) as why:
        outbox.again(desk.database, desk.centre_id, failed.message_id, desk.nurse, desk.clock())
    assert why.value.trouble is Trouble.LINK_ENDED
    assert desk.undelivered() == [failed.message_id]


def test_a_nurse_has_seen_it(desk: PostDesk) -> None:
    failed = desk.queue()
    desk.deliver(Way.REFUSES)
    for _ in range(2):
        outbox.see(desk.database, desk.centre_id, failed.message_id, desk.nurse, desk.clock())
    assert desk.undelivered() == []
    assert desk.message(failed.message_id).sealed_to is None
    assert desk.actions().count("message-seen") == 1
    assert desk.queue().is_new  # the place is free


def test_what_waited_for_days_does_not_come_out_of_the_blue(desk: PostDesk) -> None:
    queued = desk.queue()
    desk.clock.forward(seconds=(LIFE + timedelta(seconds=1)).total_seconds())
    assert desk.deliver() == {}
    message = desk.message(queued.message_id)
    assert (message.state, message.problem) == (State.FAILED, Trouble.WAITED)
    desk.clock.forward(seconds=(KEPT + timedelta(seconds=1)).total_seconds())
    desk.deliver()
    assert desk.message(queued.message_id).sealed_to is None
    assert desk.undelivered() == [queued.message_id]  # still: nobody saw it


def test_another_centre_can_do_nothing_with_it(desk: PostDesk) -> None:
    other = PostDesk(desk.database, desk.clock, desk.library, "south")
    failed = desk.queue()
    for act in (outbox.cancel, outbox.see, outbox.again):
        with pytest.raises(LookupError):
            act(desk.database, other.centre_id, failed.message_id, other.nurse, desk.clock())
    desk.deliver(Way.REFUSES)
    for act in (outbox.see, outbox.again):
        with pytest.raises(LookupError):
            act(desk.database, other.centre_id, failed.message_id, other.nurse, desk.clock())
    with pytest.raises(LookupError):
        outbox.queue(desk.database, other.centre_id, desk.case_id, other.nurse, Kind.CALL, desk.clock())
    assert other.undelivered() == []
    assert desk.undelivered() == [failed.message_id]


def test_a_channel_without_a_way_out_waits_and_is_then_told(desk: PostDesk) -> None:
    queued = desk.queue()
    worker = Deliverer(desk.database, desk.library, {Channel.EMAIL: desk.post}, desk.clock)
    assert worker.run() == {}
    assert desk.message(queued.message_id).state == State.WAITING
    desk.clock.forward(days=4)
    worker.run()
    assert desk.undelivered() == [queued.message_id]


def test_a_fault_nobody_foresaw_is_unsure_and_its_text_in_no_log(
    desk: PostDesk, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError(f"could not reach {DIALLED}")

    queued = desk.queue()
    desk.post.before = broken
    assert desk.deliver() == {"unsure (interrupted)": 1}
    assert desk.message(queued.message_id).state == State.UNSURE
    assert "RuntimeError" in caplog.text
    assert DIALLED not in caplog.text
