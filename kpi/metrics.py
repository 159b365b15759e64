"""Every KPI: one row per metric. Questions, help, parsing and docs/metrics.md are derived from this table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from kpi import benchmarks
from kpi.facts import (
    AUDIENCE,
    BLOCKS,
    BUYERS,
    BUYERS_BY_SEND,
    CLICKERS,
    CLICKS,
    CONVERSATIONS,
    COST,
    DELIVERED,
    FAILED,
    FEEDBACK,
    NEW_CUSTOMERS,
    OPT_INS,
    OPT_OUTS,
    ORDERS,
    ORDERS_BY_SEND,
    READ,
    REFUNDS,
    REFUNDS_BY_SEND,
    REPLIES,
    REVENUE,
    REVENUE_BY_SEND,
    REVIEWS,
    SENT,
    SUBSCRIBERS,
)
from kpi.quantities import Growth, Profit, Quantity, Ratio, Share, Sum
from kpi.terms import Terms
from kpi.units import Unit

if TYPE_CHECKING:
    from kpi.benchmarks import Benchmark


class Direction(StrEnum):
    """Whether more is better."""

    UP = "higher is better"
    DOWN = "lower is better"
    NEITHER = "neither is better"


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """A KPI: what it is called, what it is, and how it is read.

    ``matures`` is the number of days after the last message in which the value is still filling up; before that no
    benchmark word is used.
    """

    key: str
    label: str
    quantity: Quantity
    unit: Unit
    definition: str
    direction: Direction = Direction.UP
    aliases: tuple[str, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    matures: int = 2

    def benchmark(self, kind: str) -> Benchmark | None:
        """Return the most trustworthy range for such a campaign, or None where none was found."""
        return next((one for one in self.benchmarks if one.kind in ("", kind)), None)


NET = Terms(REVENUE, less=REFUNDS)
NET_BY_SEND = Terms(REVENUE_BY_SEND, less=REFUNDS_BY_SEND)
WHO_CLICKED = Terms(CLICKERS, otherwise=CLICKS)
WHO_BOUGHT = Terms(BUYERS_BY_SEND, otherwise=ORDERS_BY_SEND)

ATTRIBUTION_DAYS = 5
"""Orders come in for this long after a message, by default."""

UP, DOWN, NEITHER = Direction.UP, Direction.DOWN, Direction.NEITHER
COUNT, SHARE, TIMES, MONEY = Unit.COUNT, Unit.SHARE, Unit.TIMES, Unit.MONEY

METRICS = (
    # What the money did
    Metric("revenue", "Revenue", Sum(NET), MONEY, "Attributed orders less refunds.", UP,
           ("net revenue", "sales", "turnover", "umsatz", "erlös", "ventas", "ingresos", "kita", "benta"),
           matures=ATTRIBUTION_DAYS),
    Metric("gross_revenue", "Gross revenue", Sum(REVENUE), MONEY, "Attributed orders before refunds.", UP,
           ("revenue before refunds", "bruttoumsatz"), matures=ATTRIBUTION_DAYS),
    Metric("refunds", "Refunds", Sum(REFUNDS), MONEY, "Money given back, on the day of the refund.", DOWN,
           ("returns", "retouren", "erstattungen", "reembolsos", "devoluciones"), matures=30),
    Metric("cost", "Campaign cost", Sum(COST), MONEY, "What the messages cost.", NEITHER,
           ("costs", "spend", "spent", "spending", "ausgaben", "kosten", "gasto", "coste", "gastos"), matures=0),
    Metric("rocs", "ROCS", Ratio(NET_BY_SEND, COST), TIMES,
           "Return on campaign spend: revenue less refunds, divided by campaign cost.", UP,
           ("return on campaign spend", "return on spend", "roas", "rows", "rowas", "return on ad spend"),
           benchmarks.ROCS, ATTRIBUTION_DAYS),
    Metric("profit", "Profit", Profit(NET_BY_SEND, COST), MONEY,
           "Revenue less refunds times margin, less campaign cost.", UP,
           ("gewinn", "beneficio", "ganancia", "tubo", "earnings"), matures=ATTRIBUTION_DAYS),
    Metric("roi", "ROI", Profit(NET_BY_SEND, COST, per_cost=True), SHARE,
           "Profit divided by campaign cost; not ROCS, which divides revenue.", UP,
           ("return on investment",), matures=ATTRIBUTION_DAYS),
    Metric("revenue_per_message", "Revenue per message", Ratio(NET_BY_SEND, DELIVERED), MONEY,
           "Revenue less refunds, per delivered message.", UP,
           ("rpm", "revenue per recipient", "rpr", "umsatz pro nachricht", "ingresos por mensaje"),
           matures=ATTRIBUTION_DAYS),
    Metric("revenue_per_conversation", "Revenue per conversation", Ratio(NET_BY_SEND, CONVERSATIONS), MONEY,
           "Revenue less refunds, per conversation (RPC).", UP, ("rpc",), matures=ATTRIBUTION_DAYS),
    Metric("aov", "Average order value", Ratio(NET, ORDERS), MONEY, "Revenue less refunds, per order.", UP,
           ("order value", "basket", "warenkorb", "bestellwert", "ticket medio"), matures=ATTRIBUTION_DAYS),
    Metric("refund_rate", "Refund rate", Ratio(REFUNDS, REVENUE), SHARE, "Refunds divided by gross revenue.", DOWN,
           ("return rate", "retourenquote"), matures=30),
    # What a result cost
    Metric("cost_per_message", "Cost per message", Ratio(COST, DELIVERED), MONEY,
           "Campaign cost per delivered message; Meta charges on delivery.", DOWN,
           ("cpm", "message cost", "kosten pro nachricht", "coste por mensaje"), matures=0),
    Metric("cost_per_conversation", "Cost per conversation", Ratio(COST, CONVERSATIONS), MONEY,
           "Campaign cost per conversation.", DOWN, (), matures=0),
    Metric("cost_per_click", "Cost per click", Ratio(COST, WHO_CLICKED), MONEY,
           "Campaign cost per person who clicked.", DOWN, ("cpc", "kosten pro klick", "coste por clic")),
    Metric("cost_per_order", "Cost per order", Ratio(COST, ORDERS_BY_SEND), MONEY, "Campaign cost per order.", DOWN,
           ("cpa", "cpo", "cost per conversion", "cost per acquisition", "kosten pro bestellung"),
           matures=ATTRIBUTION_DAYS),
    Metric("cac", "Customer acquisition cost", Ratio(COST, NEW_CUSTOMERS), MONEY,
           "Campaign cost per new customer: a buyer whose first order this was.", DOWN,
           ("acquisition cost", "cost per new customer"), matures=ATTRIBUTION_DAYS),
    # How far the messages got
    Metric("delivery_rate", "Delivery rate", Share(DELIVERED, SENT), SHARE, "Delivered messages of those sent.", UP,
           ("delivery", "deliverability", "zustellrate", "tasa de entrega", "entrega"), benchmarks.DELIVERY, 0),
    Metric("failure_rate", "Failure rate", Share(FAILED, SENT), SHARE, "Failed messages of those sent.", DOWN,
           ("fail rate", "bounce rate", "fehlerrate"), matures=0),
    Metric("read_rate", "Read rate", Share(READ, DELIVERED), SHARE,
           "Read messages of those delivered; read receipts can be off, so it is a lower bound.", UP,
           ("open rate", "opening rate", "opens", "öffnungsrate", "leserate", "tasa de apertura", "apertura"),
           benchmarks.READ),
    Metric("engagement_rate", "Engagement rate", Share(READ, AUDIENCE), SHARE,
           "Read messages of everybody the campaign was aimed at.", UP, ("engagement",)),
    Metric("ctr", "Click-through rate", Share(WHO_CLICKED, DELIVERED), SHARE,
           "People who clicked, of the messages delivered.", UP,
           ("click-through", "click through", "click rate", "clickthrough", "klickrate", "tasa de clics"),
           benchmarks.CLICK_THROUGH),
    Metric("click_to_open", "Click-to-open rate", Share(WHO_CLICKED, READ), SHARE,
           "People who clicked, of the messages read; some vendors call this CTR.", UP, ("ctor", "click to open rate")),
    Metric("clicks_per_message", "Clicks per message", Ratio(CLICKS, DELIVERED), TIMES,
           "All clicks, several by one person included, per delivered message.", UP, ("gross ctr", "total ctr")),
    Metric("reply_rate", "Reply rate", Share(REPLIES, DELIVERED), SHARE, "Answered messages of those delivered.", UP,
           ("response rate", "antwortrate", "tasa de respuesta"), benchmarks.REPLY),
    Metric("conversion_rate", "Conversion rate", Share(WHO_BOUGHT, DELIVERED), SHARE,
           "Buyers, of the messages delivered.", UP,
           ("conversion", "conversions", "cr", "cvr", "konversion", "conversión", "tasa de conversión"),
           benchmarks.CONVERSION, ATTRIBUTION_DAYS),
    Metric("click_to_order", "Click-to-order rate", Share(WHO_BOUGHT, WHO_CLICKED), SHARE,
           "Buyers, of the people who clicked: the shop's part of the way.", UP, ("click to buy",),
           matures=ATTRIBUTION_DAYS),
    # What the list felt
    Metric("opt_out_rate", "Opt-out rate", Share(OPT_OUTS, DELIVERED), SHARE,
           "People who opted out after the message, of the messages delivered.", DOWN,
           ("unsubscribe rate", "unsubscribes", "abmelderate", "abmeldungen", "tasa de bajas", "bajas"),
           benchmarks.OPT_OUT),
    Metric("retention_rate", "List retention", Share(Terms(DELIVERED, minus=OPT_OUTS), DELIVERED), SHARE,
           "Messages delivered to people who stayed on the list.", UP, ("retention",)),
    Metric("block_rate", "Block rate", Share(BLOCKS, DELIVERED), SHARE,
           "People who blocked or reported the number, of the messages delivered; typed in, no webhook tells.", DOWN,
           ("spam rate", "blockrate")),
    Metric("optin_rate", "Opt-in rate", Share(OPT_INS, AUDIENCE), SHARE,
           "People who agreed to receive messages, of those who were asked.", UP, ("opt-in rate", "signup rate")),
    Metric("list_growth", "List growth", Growth(OPT_INS, OPT_OUTS, SUBSCRIBERS), SHARE,
           "Opt-ins less opt-outs, divided by the subscribers at the start.", UP, ("growth", "listenwachstum")),
    # What people said
    Metric("feedback_rate", "Feedback rate", Share(FEEDBACK, DELIVERED), SHARE,
           "Answers to a question for feedback, of the messages delivered.", UP, ("feedback share",)),
    Metric("reviews_rate", "Review rate", Share(REVIEWS, DELIVERED), SHARE,
           "Public reviews, of the messages delivered.", UP, ("reviews rate", "review share")),
    Metric("new_customer_share", "New customers among buyers", Share(NEW_CUSTOMERS, BUYERS), SHARE,
           "Buyers whose first order this was, of all buyers.", UP, ("new customer rate",), matures=ATTRIBUTION_DAYS),
    # Plain counts
    Metric("sent", "Sent", Sum(SENT), COUNT, "Messages that WhatsApp accepted.", NEITHER,
           ("messages", "volume", "gesendet", "enviados"), matures=0),
    Metric("delivered", "Delivered", Sum(DELIVERED), COUNT, "Messages that reached the phone.", UP,
           ("zugestellt", "entregados"), matures=0),
    Metric("failed", "Failed", Sum(FAILED), COUNT, "Messages that were never delivered.", DOWN, (), matures=0),
    Metric("pending", "Not yet told", Sum(Terms(SENT, minus=DELIVERED, less=FAILED)), COUNT,
           "Sent messages that were neither delivered nor failed so far.", DOWN, (), matures=0),
    Metric("read", "Read", Sum(READ), COUNT, "Messages opened with read receipts on.", UP, ("gelesen", "leídos")),
    Metric("clicks", "Clicks", Sum(CLICKS), COUNT, "All presses of a link or button.", UP, ("klicks", "clics")),
    Metric("clickers", "People who clicked", Sum(CLICKERS), COUNT, "Messages with at least one click.", UP,
           ("unique clicks",)),
    Metric("replies", "Replies", Sum(REPLIES), COUNT, "Messages that were answered.", UP,
           ("responses", "antworten", "respuestas")),
    Metric("conversations", "Conversations", Sum(CONVERSATIONS), COUNT, "Conversations, as the source counts.", UP,
           ("chats",)),
    Metric("orders", "Orders", Sum(ORDERS), COUNT, "Attributed orders.", UP,
           ("purchases", "bestellungen", "pedidos", "mga order"), matures=ATTRIBUTION_DAYS),
    Metric("buyers", "Buyers", Sum(BUYERS), COUNT, "People who ordered, each once per campaign.", UP,
           ("käufer", "compradores"), matures=ATTRIBUTION_DAYS),
    Metric("new_customers", "New customers", Sum(NEW_CUSTOMERS), COUNT, "Buyers whose first order this was.", UP,
           ("neukunden", "clientes nuevos"), matures=ATTRIBUTION_DAYS),
    Metric("opt_ins", "Opt-ins", Sum(OPT_INS), COUNT, "People who agreed to receive messages.", UP,
           ("signups", "anmeldungen", "altas"), matures=0),
    Metric("opt_outs", "Opt-outs", Sum(OPT_OUTS), COUNT, "People who asked for no more messages.", DOWN,
           ("opt outs", "unsubscribed")),
    Metric("blocks", "Blocks", Sum(BLOCKS), COUNT, "People who blocked or reported the number.", DOWN, ()),
    Metric("feedback", "Feedback", Sum(FEEDBACK), COUNT, "Answers to a question for feedback.", UP, ()),
    Metric("reviews", "Reviews", Sum(REVIEWS), COUNT, "Public reviews left after the message.", UP,
           ("bewertungen", "reseñas")),
    Metric("audience", "Audience", Sum(AUDIENCE), COUNT, "People the campaign was aimed at; never added up.", NEITHER,
           ("recipients", "empfänger", "destinatarios"), matures=0),
    Metric("subscribers", "Subscribers", Sum(SUBSCRIBERS), COUNT, "Size of the list, as last told; never added up.", UP,
           ("list size", "abonnenten", "suscriptores"), matures=0),
)  # fmt: skip
METRIC = {metric.key: metric for metric in METRICS}
