"""WhatsApp's webhooks: signed bodies go in over HTTP, exact counts come out."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, update

from bot import doctor
from bot.live.rebuild import rebuilt
from kpi.errors import WrongSetting
from kpi.storage.binding import OURS
from kpi.storage.live.campaigns import MOST_MADE, held_names
from kpi.storage.live.events import attach
from kpi.storage.live.recount import KEPT_DAYS, differences, forget_messages
from kpi.storage.live.sources import connections, heard_since
from kpi.storage.naming import merge
from tests.asking import answer, imported, text_of
from tests.proofs.exactness import judged, name_later
from tests.proofs.hostile_bodies import SLOWEST, threatened
from tests.proofs.whatsapp_story import FACTS, ZONE, story
from tests.whatsapp_world import (
    ACCOUNT,
    KEY,
    NOW,
    NUMBER,
    OLD_SECRET,
    PHONE,
    TABLE,
    TOKEN,
    body,
    hooked,
    reply,
    signed,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.storage.database import Database
    from tests.whatsapp_world import Hook

TODAY = date(2026, 11, 20)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def hook(database: Database) -> Iterator[Hook]:
    with hooked(database) as hook:
        yield hook


@pytest.fixture
def file_hook(sqlite_database: Database) -> Iterator[Hook]:
    """Serve the route before SQLite alone, where the database's kind does not matter."""
    with hooked(sqlite_database) as hook:
        yield hook


def attached(hook: Hook) -> int:
    return hook.database.written("local", lambda db: attach(db, KEY.encode(), NOW), adding=True)


def sent(hook: Hook, campaign: str) -> int:
    return sum(counts[0] or 0 for (slug, _), counts in hook.days().items() if slug == campaign)


def test_the_handshake_gives_the_challenge_back_to_who_knows_the_token(file_hook: Hook) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": TOKEN}
    shaken = file_hook.client.get("/ingest/whatsapp", params=asked)

    assert (shaken.status_code, shaken.text) == (200, "1158201444")
    for wrong in ({"hub.verify_token": "guessed"}, {"hub.verify_token": "é"}, {"hub.mode": "unsubscribe"}):
        assert file_hook.client.get("/ingest/whatsapp", params=asked | wrong).status_code == 403
    assert file_hook.client.get("/ingest/whatsapp").status_code == 403


def test_only_what_is_signed_with_one_of_the_secrets_is_taken(file_hook: Hook) -> None:
    raw = body(status("1", "sent"))

    assert file_hook.posts(raw, "another secret").status_code == 401
    assert file_hook.client.post("/ingest/whatsapp", content=raw).status_code == 401
    assert file_hook.client.post("/ingest/whatsapp", content=raw + b" ", headers=signed(raw)).status_code == 401
    assert file_hook.days() == {}
    assert file_hook.posts(raw).status_code == 200
    assert file_hook.posts(body(status("2", "sent")), OLD_SECRET).status_code == 200
    assert file_hook.days() == {("spring-sale", TODAY): (2, 0, 0, 0, 0)}
    with file_hook.database.reading("local") as db:
        assert connections(db, "whatsapp") == (ACCOUNT, NUMBER)


def test_without_a_key_for_hashes_nothing_is_taken(sqlite_database: Database) -> None:
    with pytest.raises(WrongSetting, match="KPI_SECRET"), hooked(sqlite_database, kpi_secret=SecretStr("")):
        pass
    with hooked(sqlite_database, whatsapp_app_secret=SecretStr("")) as hook:
        assert hook.posts(body(status("1", "sent"))).status_code == 404


def test_statuses_count_the_same_in_any_order_and_however_often_they_come(hook: Hook) -> None:
    told = [status("1", "sent"), status("1", "delivered", NOW + HOUR), status("1", "read", NOW + 2 * HOUR)]
    for number, order in enumerate(permutations(told)):
        some = [one | {"id": f"wamid.{number}"} for one in order]
        hook.tells(*some[:2])
        hook.tells(*some[1:], *some)
    assert hook.days() == hook.days("reported") == {("spring-sale", TODAY): (6, 6, 0, 6, 0)}


def test_a_read_message_was_delivered_and_a_failure_counts_only_until_it_was(hook: Hook) -> None:
    hook.tells(status("1", "read"), status("2", "failed"), status("3", "failed"), status("4", "played"))
    assert hook.days() == {("spring-sale", TODAY): (4, 2, 2, 2, 0)}
    hook.tells(status("2", "delivered", NOW + HOUR))
    assert hook.days() == {("spring-sale", TODAY): (4, 3, 1, 2, 0)}


def test_counts_stand_on_the_day_of_the_message_in_the_teams_zone_and_move_when_an_earlier_time_is_told(
    hook: Hook,
) -> None:
    midnight = datetime(2026, 11, 16, 0, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    hook.tells(status("1", "read", midnight + 3 * DAY), status("2", "sent", midnight))
    assert hook.days()["spring-sale", date(2026, 11, 19)] == (1, 1, 0, 1, 0)
    hook.tells(status("1", "sent", midnight - timedelta(seconds=1)))

    expected = {
        ("spring-sale", date(2026, 11, 15)): (1, 1, 0, 1, 0),
        ("spring-sale", date(2026, 11, 16)): (1, 0, 0, 0, 0),
    }
    assert hook.days() == hook.days("reported") == expected
    assert hook.rows("campaign", "began", "ended") == [(date(2026, 11, 15), date(2026, 11, 16))]
    ages = hook.rows("arrival", "day", "age", "sent", "delivered", "read", "failed")
    assert [row for row in ages if any(row[2:])] == [
        (date(2026, 11, 15), 0, 1, 0, 0, 0),
        (date(2026, 11, 15), 4, None, 1, 1, None),
        (date(2026, 11, 16), 0, 1, 0, 0, 0),
    ]


def test_the_card_says_why_messages_failed_with_metas_own_limits_apart(hook: Hook) -> None:
    capped, unknown = [{"code": 131049, "title": "a title"}], [{"code": 190000}]
    hook.tells(
        status("1", "sent"), status("2", "failed", errors=capped), status("3", "failed", errors=capped),
        status("4", "failed", errors=unknown), status("5", "failed"), status("6", "failed", errors=capped),
    )  # fmt: skip
    hook.tells(status("6", "delivered"), status("5", "failed", NOW - HOUR, errors=[{"code": 131026}]))
    said = text_of(answer(hook.database, "campaign spring-sale"))

    assert (
        "Failed: 2 held back by Meta's limit of marketing messages per person, 1 to numbers that cannot receive them "
        "and 1 with WhatsApp's error 190000."
    ) in " ".join(said.split())


def test_answers_to_a_message_are_counted_once_each(hook: Hook) -> None:
    hook.tells(status("1", "delivered"), status("2", "sent"))
    press = {"type": "button", "button": {"payload": "yes", "text": "Yes"}}
    hook.tells(messages=[reply("1"), reply("1", NOW + HOUR), reply("2", NOW + HOUR, **press)])
    own = reply("1") | {"context": {"from": PHONE, "id": "wamid.my-own"}}
    hook.tells(messages=[own, {"from": PHONE, "id": "wamid.new", "timestamp": "1763629200", "type": "text"}])

    assert hook.days() == {("spring-sale", TODAY): (2, 2, 0, 0, 2)}
    assert len(hook.rows("message", "message")) == 2


def test_a_sender_names_the_campaign_and_the_variant(hook: Hook) -> None:
    hook.tells(
        status("1", "sent", callback="campaign=Winter Sale;variant=b"),
        status("2", "sent", callback="id=17&campaign=winter-sale&variant=a"),
        status("3", "sent", callback="winter-sale"),
        status("4", "sent", callback="order-4711"),
        status("5", "sent", callback=""),
    )
    assert hook.rows("daily_result", "campaign", "variant", "sent") == [
        ("winter-sale", "", 1), ("winter-sale", "a", 1), ("winter-sale", "b", 1),
    ]  # fmt: skip
    assert hook.rows("campaign", "slug", "name") == [("winter-sale", "Winter Sale")]


def test_messages_are_attached_when_what_they_carry_leads_to_a_campaign(hook: Hook) -> None:
    hook.tells(status("1", "read", callback="template=spring_v2"), status("2", "sent", callback="spring_v2"))
    hook.tells(status("3", "sent", callback="something else"))
    assert hook.days() == {}
    assert attached(hook) == 0
    imported(hook.database, "campaign,day,sent,name\nspring-v2,2026-11-20,1,Spring\n")
    assert attached(hook) == 2
    assert attached(hook) == 0
    hook.tells(status("2", "delivered", callback="spring_v2"))
    assert hook.days()["spring-v2", TODAY] == (2, 2, 0, 1, 0)


def test_a_day_makes_only_so_many_campaigns_and_the_others_wait(file_hook: Hook) -> None:
    file_hook.tells(
        *(status(str(number), "sent", callback=f"campaign=c{number:03}") for number in range(MOST_MADE + 2))
    )
    file_hook.tells(
        status("again", "sent", callback="campaign=c051"), status("known", "sent", callback="campaign=c000")
    )
    assert len(file_hook.rows("campaign", "slug")) == MOST_MADE
    with file_hook.database.reading("local") as db:
        assert list(held_names(db).values()) == ["c050", "c051"]
    tomorrow = NOW + DAY
    moved = file_hook.database.written("local", lambda db: attach(db, KEY.encode(), tomorrow), adding=True)
    assert moved == 3
    assert file_hook.days()["c051", TODAY][0] == 2
    with file_hook.database.reading("local") as db:
        assert held_names(db) == {}


def test_live_events_are_chosen_if_they_were_connected_before_the_first_day(hook: Hook) -> None:
    imported(hook.database, "campaign,day,sent,delivered\nspring-sale,2026-11-20,900,890\nold,2026-11-18,900,890\n")
    hook.tells(status("1", "delivered"), status("2", "delivered", callback="campaign=old"))
    assert sent(hook, "spring-sale") == 1
    assert sent(hook, "old") == 900
    hook.tells(status("3", "sent"), status("4", "sent", callback="old"))
    assert sent(hook, "spring-sale") == 2
    assert sent(hook, "old") == 900


def test_a_file_is_imported_while_events_of_the_same_campaign_come_in(hook: Hook) -> None:
    def tell() -> None:
        for number in range(30):
            hook.tells(
                status(f"{number}", "sent"), status(f"{number}-b", "read", callback="campaign=spring-sale;variant=b")
            )

    hook.tells(status("first", "sent"))
    with ThreadPoolExecutor() as pool:
        telling = pool.submit(tell)
        for number in range(5):
            imported(hook.database, f"campaign,day,sent,delivered\nspring-sale,2026-11-20,{900 + number},890\n")
        telling.result()
    told = {row[:2]: row[2] for row in hook.rows("reported", "source", "variant", "sent")}

    assert {sent for (source, _), sent in told.items() if source != "whatsapp"} == {904}
    assert (told["whatsapp", ""], told["whatsapp", "b"]) == (31, 30)
    assert hook.rows("daily_result", "variant", "sent") == [("", 31), ("b", 30)]


def test_live_events_count_in_merged_campaigns(hook: Hook) -> None:
    hook.tells(status("1", "sent", callback="campaign=a"), status("2", "sent", callback="campaign=b"))
    hook.database.written("local", lambda db: merge(db, "b", "a", is_added=True))
    hook.tells(status("3", "sent", callback="campaign=b"), status("2", "delivered", callback="campaign=b"))
    assert hook.rows("daily_result", "campaign", "variant", "sent", "delivered") == [("a", "", 1, 0), ("a", "b", 2, 1)]


def test_neither_numbers_nor_texts_nor_ids_are_kept(file_hook: Hook) -> None:
    people = [{"wa_id": PHONE, "user_id": "US.13491208655302741918", "profile": {"name": "Planted Name"}}]
    file_hook.tells(status("planted", "sent", callback="a planted id"), contacts=people, messages=[reply("planted")])
    file_hook.database.close()
    folder = Path(file_hook.database.engine.url.database or "").parent
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    for planted in (PHONE, "US.1349", "wamid.", "planted", "Planted Name", "private text"):
        assert planted.encode() not in kept, planted


def test_the_self_check_says_what_came_and_what_could_not_be_used(
    file_hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"WHATSAPP_APP_SECRET": "s", "KPI_SECRET": KEY, "DATABASE_URL": file_hook.database.url}.items():
        monkeypatch.setenv(name, value)
    assert "nothing has come in yet" in _checked()
    file_hook.tells(*(status(str(number), "sent", callback=f"campaign=c{number}") for number in range(MOST_MADE + 1)))
    file_hook.tells(status("loose", "sent", callback=""), status("odd", "warned"))
    told = _checked()
    for part in (ACCOUNT, "2 messages lead to no campaign", "1 campaign names wait", "statuses.status warned (1)"):
        assert part in told, told


def test_what_happens_to_templates_is_logged_and_shown(
    file_hook: Hook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in {"WHATSAPP_APP_SECRET": "s", "KPI_SECRET": KEY, "DATABASE_URL": file_hook.database.url}.items():
        monkeypatch.setenv(name, value)
    template = {"message_template_id": 17, "message_template_name": "spring_v2", "message_template_language": "de"}
    file_hook.tells(field="message_template_status_update", event="PAUSED", reason="NONE", **template)
    quality = {"previous_quality_score": "GREEN", "new_quality_score": "YELLOW"}
    file_hook.tells(field="message_template_status_update", **quality, **template)
    file_hook.tells(field="template_category_update", new_category="MARKETING", **template)

    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "WhatsApp: template spring_v2 is paused",
        "WhatsApp: template spring_v2 is billed as marketing now",
    ]
    assert "quality of template spring_v2 is yellow" in _checked()


def _checked() -> str:
    return "\n".join(one.line() for one in doctor.examined() if one.part == "whatsapp")


def test_a_season_that_is_told_badly_is_counted_exactly(database: Database) -> None:
    made = story(17, 150)
    with hooked(database, str(ZONE)) as hook:
        for raw in made.bodies:
            assert hook.posts(raw).status_code == 200
    name_later(database)
    found = judged(database, made)

    assert found.wrong == 0
    assert found.cells > 300
    assert all(found.true[fact] for fact in FACTS)


def test_hostile_bodies_are_taken_or_refused_and_change_no_count(sqlite_database: Database) -> None:
    with hooked(sqlite_database, str(ZONE)) as hook:
        answers, slowest, wrong = threatened(hook, 250, 1)

    assert set(answers) == {200, 400}
    assert slowest < SLOWEST
    assert wrong == 0


def test_recounting_finds_what_is_wrong_and_mends_it(hook: Hook) -> None:
    hook.tells(
        status("1", "read", NOW - 3 * DAY), status("1", "sent", NOW - 9 * DAY), status("2", "failed"),
        status("3", "failed"), status("3", "delivered"), status("4", "sent", callback=""),
    )  # fmt: skip
    hook.tells(messages=[reply("1")])
    before = hook.days()
    with hook.database.reading("local") as db:
        assert differences(db, NOW) == {}
    with hook.database.writing("local") as db:
        for name in ("reported", "daily_result"):
            db.run(update(TABLE[name]).where(TABLE[name].c.workspace == OURS).values(sent=7))
        db.run(delete(TABLE["arrival"]).where(TABLE["arrival"].c.workspace == OURS))
    assert rebuilt(hook.database, verify=True) == 1
    assert rebuilt(hook.database, verify=False) == 0
    assert rebuilt(hook.database, verify=True) == 0
    assert hook.days() == before


def test_messages_are_forgotten_when_nothing_can_be_told_of_them_and_their_counts_stay(hook: Hook) -> None:
    hook.tells(status("1", "sent", NOW - 80 * DAY), status("2", "sent"))
    before = hook.days()
    assert forget_messages(hook.database, "local", NOW + (KEPT_DAYS - 80) * DAY) == 0
    assert forget_messages(hook.database, "local", NOW + (KEPT_DAYS - 79) * DAY) == 1
    assert len(hook.rows("message", "message")) == 1
    with hook.database.reading("local") as db:
        assert differences(db, NOW + (KEPT_DAYS - 79) * DAY) == {}
    assert hook.days() == before


def test_what_is_not_known_is_counted_and_what_is_too_late_is_not(file_hook: Hook) -> None:
    file_hook.tells(
        status("1", "warned"), status("2", "sent", NOW - 91 * DAY), status("3", "sent", NOW + 2 * DAY),
        status("4", "sent") | {"id": 17}, "a status", status("5", "sent", status=["sent"]),
    )  # fmt: skip
    file_hook.tells(field="flows", something={"16505551234": 1})
    with file_hook.database.reading("local") as db:
        assert heard_since(db, "whatsapp", TODAY) == {
            "field flows": 1, "late": 1, "statuses": 1, "statuses.id": 1, "statuses.status ?": 1,
            "statuses.status warned": 1, "statuses.timestamp": 1,
        }  # fmt: skip
    assert file_hook.days() == {}


@pytest.mark.parametrize(
    "raw", [b"", b"nothing", b"[]", b"\xff\xfe", b"[" * 100_000, b"17", b'{"a":' + b"9" * 5000 + b"}"]
)
def test_what_is_no_json_is_refused(file_hook: Hook, raw: bytes) -> None:
    assert file_hook.posts(raw).status_code == 400


def test_a_body_that_is_too_large_is_refused(file_hook: Hook) -> None:
    assert file_hook.posts(b" " * (4 * 1024 * 1024 + 1)).status_code == 413


def test_three_megabytes_in_one_body_are_taken(file_hook: Hook) -> None:
    raw = json.dumps({"object": "whatsapp_business_account", "entry": "x" * 3_000_000}).encode()
    assert file_hook.posts(raw).status_code == 200
