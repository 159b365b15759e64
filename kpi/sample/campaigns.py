"""The campaigns of the sample season, and what is special about each.

The shop sells fashion and things for the home in Germany, Austria and Spain.
"""

from __future__ import annotations

from calendar import FRIDAY, MONDAY, SATURDAY, THURSDAY, TUESDAY, WEDNESDAY

from kpi import facts
from kpi.sample.script import ONGOING, Rates, Script

CAMPAIGNS = (
    # Runs all season; people who left a full cart behind need only a nudge
    Script(slug="abandoned-cart", name="Abandoned cart", kind="automation", weeks_ago=26, sends=ONGOING, contacts=180,
           rates=Rates(read=0.81, clicked=0.27, ordered=0.27, opted_out=0.003), basket=62),
    # Greets everybody who joins the list, so it knows how the list grows
    Script(slug="welcome-series", name="Welcome series", kind="automation", weeks_ago=26, sends=ONGOING, contacts=110,
           rates=Rates(read=0.84, clicked=0.21, ordered=0.19, new=0.68, opted_out=0.009), basket=51,
           subscribers=38_000),
    # A good campaign, and its twin by e-mail: nearly free, and hardly read
    Script(slug="spring-sale", name="Spring sale", tags="sale;spring",
           weeks_ago=25, weekday=TUESDAY, sends=3, contacts=10_000,
           rates=Rates(read=0.76, clicked=0.085, ordered=0.25), basket=61),
    Script(slug="spring-sale-email", name="Spring sale e-mail", tags="sale;spring",
           channel="email", weeks_ago=25, weekday=TUESDAY, sends=2,
           contacts=30_000, rates=Rates(delivered=0.982, read=0.24, clicked=0.019, ordered=0.14, opted_out=0.003),
           price=0.001, unknown=(facts.REPLIES, facts.CONVERSATIONS)),
    Script(slug="fire-deals", name="🔥 Fire deals", tags="sale",
           weeks_ago=22, weekday=THURSDAY, sends=2, contacts=7_000,
           rates=Rates(read=0.70, clicked=0.080, ordered=0.21, opted_out=0.007), basket=47),
    Script(slug="summer-sale", name="Summer sale", tags="sale;summer",
           weeks_ago=20, weekday=TUESDAY, sends=3, contacts=13_000,
           rates=Rates(read=0.71, ordered=0.24), basket=56, refunded=0.08),
    # Only looks like a winner: a handful of regulars, and luck
    Script(slug="stylist-circle", name="Stylist circle", tags="vip",
           weeks_ago=18, weekday=WEDNESDAY, contacts=180, mix=(1, 0, 0),
           rates=Rates(read=0.78, clicked=0.14, ordered=0.44, new=0.1), basket=66),
    Script(slug="home-week", name="Home week", tags="home", weeks_ago=17, weekday=MONDAY, sends=3, contacts=4_000,
           rates=Rates(read=0.69, clicked=0.060, ordered=0.19), basket=72, refunded=0.055),
    # The shop's export left the refunds out
    Script(slug="back-to-school", name="Back to school", tags="sale;autumn",
           weeks_ago=14, weekday=TUESDAY, sends=2, contacts=11_000,
           rates=Rates(clicked=0.065, ordered=0.20), basket=52, unknown=(facts.REFUNDS,)),
    # The clear winner, by ROCS and by conversion
    Script(slug="vip-early-access", name="VIP early access", tags="vip;fashion",
           weeks_ago=12, weekday=WEDNESDAY, sends=2, contacts=4_500,
           rates=Rates(delivered=0.964, read=0.80, clicked=0.11, ordered=0.38, new=0.08, opted_out=0.0025), basket=71),
    # Told once a week, sells nothing, gets people talking
    Script(slug="behind-the-seams", name="Behind the seams", objective="brand", weeks_ago=12, weekday=THURSDAY,
           sends=8, every=7, contacts=6_000, rates=Rates(read=0.78, clicked=0.045, replied=0.09, opted_out=0.003)),
    # Parcels on their way, at the price of a utility message
    Script(slug="delivery-updates", name="Delivery updates", objective="service", kind="automation", weeks_ago=11,
           sends=ONGOING, contacts=320, price=0.03,
           rates=Rates(delivered=0.981, read=0.88, clicked=0.30, replied=0.05, answered=0.11, reviewed=0.021,
                       opted_out=0.001)),
    # An A/B test: b shows the clothes worn, and is clicked more
    Script(slug="autumn-arrivals", name="Autumn arrivals", tags="fashion;autumn",
           weeks_ago=10, weekday=TUESDAY, sends=3, contacts=8_000,
           variants={"a": 0, "b": 0.25}, rates=Rates(clicked=0.062, ordered=0.21), basket=64, refunded=0.085),
    # Two that differ only in their markets: Spaniards click more, whatever they get; and all days are alike
    Script(slug="loyalty-weekend", name="Loyalty weekend", tags="vip;sale",
           weeks_ago=8, weekday=SATURDAY, sends=2, contacts=8_000,
           mix=(0.20, 0.05, 0.75), noise=0.01),
    Script(slug="flash-friday", name="Flash Friday", tags="sale", weeks_ago=6, weekday=FRIDAY, contacts=18_000,
           mix=(0.78, 0.12, 0.10), noise=0.01),
    # A leak: everybody clicked, and the landing page was broken
    Script(slug="winter-warm-up", name="Winter warm-up", tags="fashion;winter",
           weeks_ago=5, weekday=WEDNESDAY, sends=2, contacts=11_000,
           rates=Rates(read=0.75, clicked=0.091, ordered=0.035)),
    # Loses money: one message too many, to people who had just said no
    Script(slug="last-chance", name="Last chance", tags="sale;winter",
           weeks_ago=4, weekday=THURSDAY, sends=2, contacts=10_000,
           rates=Rates(delivered=0.94, read=0.62, clicked=0.019, ordered=0.07, opted_out=0.0105), basket=46),
    # Nobody has typed in the bill yet
    Script(slug="singles-day", name="Singles day", tags="sale", weeks_ago=2, weekday=TUESDAY, sends=2, contacts=16_000,
           rates=Rates(read=0.68, clicked=0.075, ordered=0.22), basket=49, unknown=(facts.COST,)),
    # Behind one of 24 doors each day, to one part of the list after another; still running
    Script(slug="advent-calendar", name="Advent calendar", tags="winter",
           weeks_ago=1, weekday=WEDNESDAY, sends=24, contacts=1_600,
           rates=Rates(read=0.77, clicked=0.090, ordered=0.19, opted_out=0.004), basket=54),
    # Only planned
    Script(slug="black-friday", name="Black Friday", tags="sale", starts_in=5, sends=4),
)  # fmt: skip
