"""Rich text: sections, lists, quotes and preformatted parts, and what stands inside them."""

from __future__ import annotations

from bot.local_slack.rules.checks import anything, by_type, choice, flag, many, shape, whole, word

LONGEST = 1_000_000

STYLE = {
    "style": shape(
        {}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), flag)
    )
}

INLINE = by_type(
    {
        "text": shape({"text": word(LONGEST)}, STYLE),
        "link": shape({"url": word(3000)}, {**STYLE, "text": word(LONGEST, 0), "unsafe": flag}),
        "user": shape({"user_id": word(40)}, STYLE),
        "usergroup": shape({"usergroup_id": word(40)}, STYLE),
        "channel": shape({"channel_id": word(40)}, STYLE),
        "team": shape({"team_id": word(40)}, STYLE),
        "broadcast": shape({"range": choice("here", "channel", "everyone")}, STYLE),
        "emoji": shape({"name": word(100)}, {**STYLE, "unicode": word(100), "skin_tone": whole(1, 6), "url": anything}),
        "color": shape({"value": word(20)}, STYLE),
        "date": shape(
            {"timestamp": whole(0, 9_999_999_999), "format": word(200)},
            {**STYLE, "url": word(3000), "fallback": word(200)},
        ),
    }
)

INLINES = many(INLINE, 0, 10_000)

SECTION = shape({"elements": INLINES})

PARTS = by_type(
    {
        "rich_text_section": SECTION,
        "rich_text_list": shape(
            {"style": choice("bullet", "ordered"), "elements": many(by_type({"rich_text_section": SECTION}), 1, 1000)},
            {"indent": whole(0, 8), "border": whole(0, 1), "offset": whole(0, 100_000)},
        ),
        "rich_text_quote": shape({"elements": INLINES}, {"border": whole(0, 1)}),
        "rich_text_preformatted": shape({"elements": INLINES}, {"border": whole(0, 1), "language": word(40)}),
    }
)

RICH_TEXT = by_type({"rich_text": shape({"elements": many(PARTS, 1, 1000)}, {"block_id": word(255)})})
