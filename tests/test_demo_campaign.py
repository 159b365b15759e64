"""The demo's button: a campaign is sent to the running bot, and its card fills up before one's eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr

from bot.demo.campaign import MESSAGES, LiveCampaigns
from bot.local_slack import LocalSlack
from tests.slack_world import MARKETING, Scene, only, staged, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def connected() -> Iterator[Scene]:
    """Run the bot with WhatsApp connected."""
    with staged(
        whatsapp_app_secret=SecretStr("secret of the demo"), kpi_secret=SecretStr("key of the demo, long")
    ) as scene:
        yield scene


def test_the_card_of_a_campaign_fills_up_while_it_is_sent(connected: Scene) -> None:
    LiveCampaigns(connected.bot.parts, connected.url, MARKETING).send("Flash sale", 1, range(0, 60, 4))

    card = only(connected.slack.messages("marketing"))
    assert "Flash sale delivered 1," in words_of(card)
    assert f"of {MESSAGES:,} sent" in words_of(card)
    assert len(card.edits) >= 4
    assert [block for block in card.blocks if block["type"] == "image"]


def test_the_page_shows_the_button_and_presses_it() -> None:
    pressed = []
    with LocalSlack() as slack:
        slack.errands["Send a campaign"] = lambda: pressed.append(True)
        assert httpx.get(f"{slack.url}/local/world").json()["errands"] == ["Send a campaign"]
        asked = {"do": "errand", "errand": "Send a campaign", "viewer": "ada"}
        httpx.post(f"{slack.url}/local/do", json=asked, headers={"Origin": slack.url})
    assert pressed == [True]
