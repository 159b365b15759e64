"""Published ranges for the KPIs, each with where it is from and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trust(StrEnum):
    """How a published range came about, said beside every use of it."""

    STUDY = "vendor study"
    """A vendor counted its own customers and says how many."""
    CLAIM = "vendor claim"
    """A vendor names a range and no method."""
    GUIDANCE = "vendor guidance"
    """Advice on what to aim for, not a measurement."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A range that somebody published, for one kind of campaign (broadcast or automation; empty: any)."""

    low: float
    high: float
    source: str
    address: str
    trust: Trust
    kind: str = ""


_CHATARMIN = "chatarmin, 30+ e-commerce brands"
_CHATARMIN_AT = "https://chatarmin.com/en/customers/whatsapp-kpi-study-ecommerce-benchmarks"
_RICHAUTOMATE = "richautomate, India 2026"
_RICHAUTOMATE_AT = "https://richautomate.in/blog/whatsapp-marketing-benchmarks-india-2026"
_WAXIO = "Waxio help centre"
_WAXIO_AT = "https://intercom.help/getwaxio/en/articles/10062694-whatsapp-metrics-you-need-to-know"
_MOZEO = "Mozeo, for SMS"
_MOZEO_AT = "https://support.mozeo.com/en/articles/1787474-opt-out-rates"

DELIVERY = (Benchmark(0.92, 0.98, _RICHAUTOMATE, _RICHAUTOMATE_AT, Trust.CLAIM),)
READ = (
    Benchmark(0.60, 0.80, _CHATARMIN, _CHATARMIN_AT, Trust.STUDY),
    Benchmark(0.65, 0.90, _RICHAUTOMATE, _RICHAUTOMATE_AT, Trust.CLAIM),
)
CLICK_THROUGH = (
    Benchmark(0.05, 0.15, _CHATARMIN, _CHATARMIN_AT, Trust.STUDY),
    Benchmark(0.15, 0.30, _WAXIO, _WAXIO_AT, Trust.CLAIM),
)
REPLY = (Benchmark(0.08, 0.15, "a2c.chat", "https://www.a2c.chat/?p=6554", Trust.CLAIM),)
CONVERSION = (Benchmark(0.03, 0.07, _CHATARMIN, _CHATARMIN_AT, Trust.STUDY, kind="broadcast"),)
ROCS = (
    Benchmark(15, 60, _CHATARMIN, _CHATARMIN_AT, Trust.STUDY),
    Benchmark(6, 10, _WAXIO, _WAXIO_AT, Trust.CLAIM, kind="broadcast"),
    Benchmark(30, 100, _WAXIO, _WAXIO_AT, Trust.CLAIM, kind="automation"),
)
OPT_OUT = (Benchmark(0, 0.03, _MOZEO, _MOZEO_AT, Trust.GUIDANCE),)
