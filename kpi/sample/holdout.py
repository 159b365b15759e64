"""The people of the sample season who were left out of a campaign at random, as a file: what they bought all the same.

The VIPs buy a lot by themselves: much of what the campaign seems to earn would have come anyway.
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from kpi.sample import CURRENCY
from kpi.sample.campaigns import CAMPAIGNS

if TYPE_CHECKING:
    from datetime import date

SLUG, NAME, OF = "vip-holdout", "VIP hold-out", "vip-early-access"
LEFT_OUT = {"audience": 1_500, "buyers": 46, "orders": 47, "revenue": 2_871.40, "refunds": 187.20}
GOT_IT = {"audience": 9_000, "buyers": 512, "orders": 533, "revenue": 34_004.10, "refunds": 2_263.90}
"""All orders of those who got the campaign, attributed to it or not."""


def season_holdout(today: date) -> str:
    """Return both arms as CSV, on the campaign's first day."""
    day = next(script.first_day(today) for script in CAMPAIGNS if script.slug == OF)
    text = StringIO()
    about = {"campaign": SLUG, "name": NAME, "holdout_of": OF, "day": day, "currency": CURRENCY}
    table = csv.DictWriter(text, (*about, "variant", *GOT_IT), lineterminator="\n")
    table.writeheader()
    table.writerows(about | {"variant": variant} | arm for variant, arm in (("sent", GOT_IT), ("left out", LEFT_OUT)))
    return text.getvalue()
