"""The team's sign-in, at once and on both databases."""

import threading

from portal.access.team import SignInAnswer, sign_in
from portal.records.database import Database
from portal.records.models import SignInTry
from tests.clock import StillClock
from tests.conftest import make_team


def test_many_first_tries_at_once_are_counted_and_none_breaks(database: Database, clock: StillClock) -> None:
    team = make_team(database, clock, "north")
    answers: list[SignInAnswer] = []

    def attempt() -> None:
        answers.append(sign_in(database, team.login, "something else", "000000", clock()))

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 16
    assert not [answer for answer in answers if answer.secret]
    with database.reading() as session:
        assert session.query(SignInTry).one().failures == 5
