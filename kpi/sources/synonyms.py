"""What people call a column, in English, German and Spanish: one row per fact, for files that match no known layout."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from kpi.money import is_currency

SURE: dict[str, str] = {
    "campaign": "campaign, campaign name, campaign title, broadcast, broadcast name, kampagne, kampagnenname, "
                "name der kampagne, campaña, nombre de la campaña, nombre de campaña, nombre campaña",
    "day": "day, date, send date, sent date, date sent, sent on, send time, send day, sending date, report date, "
           "datum, tag, versanddatum, versandtag, sendedatum, gesendet am, versendet am, "
           "fecha, día, fecha de envío, fecha envío, día de envío, enviado el",
    "market": "market, country, country code, markt, land, länderkürzel, mercado, país, código de país",
    "variant": "variant, variation, version, test variant, variante, variation name, testvariante",
    "currency": "currency, currency code, währung, moneda, divisa",
    "channel": "channel, kanal, canal",
    "tags": "tags, labels, schlagworte, schlagwörter, etiquetas",
    "audience": "audience, audience size, target audience, targeted, zielgruppe, zielgruppengröße, audiencia, público, "
                "tamaño de la audiencia, público objetivo",
    "sent": "sent, sends, total sent, sent total, accepted, submitted, versendet, versendete, gesendet, gesendete, "
            "versandt, versandte, verschickt, verschickte, enviado, enviados, enviada, enviadas, envíos, "
            "total enviados, envíos totales",
    "delivered": "delivered, deliveries, total delivered, successful deliveries, successfully delivered, zugestellt, "
                 "zugestellte, zustellungen, ausgeliefert, ausgelieferte, erfolgreich zugestellt, entregado, "
                 "entregados, entregada, entregadas, entregas, total entregados",
    "failed": "failed, failures, undelivered, undeliverable, not delivered, bounces, bounced, fehlgeschlagen, "
              "fehlgeschlagene, nicht zugestellt, nicht zugestellte, unzustellbar, fallido, fallidos, fallida, "
              "fallidas, no entregado, no entregados, no entregadas, rebotes",
    "read": "read, reads, total read, seen, opened, unique opens, unique opened, gelesen, gelesene, geöffnet, "
            "geöffnete, eindeutige öffnungen, einmalige öffnungen, leído, leídos, leída, leídas, visto, vistos, "
            "abierto, abiertos, abierta, abiertas, aperturas únicas",
    "clicks": "clicks, total clicks, link clicks, url clicks, button clicks, klicks, link klicks, linkklicks, "
              "alle klicks, klicks gesamt, gesamtklicks, clics, clicks totales, clics totales, total de clics, "
              "clics en el enlace, clics en enlaces",
    "clickers": "clickers, clicked, unique clicks, unique clickers, unique link clicks, klicker, geklickt, "
                "eindeutige klicks, einmalige klicks, unique klicks, clics únicos, clicks únicos",
    "replies": "replies, replied, responses, responded, antworten, geantwortet, beantwortet, respuestas, respondido, "
               "respondidos, contestados",
    "conversations": "conversations, billable conversations, konversationen, conversaciones",
    "orders": "orders, total orders, placed orders, orders placed, placed order, purchases, bestellungen, aufträge, "
              "käufe, pedidos, compras, órdenes, total de pedidos",
    "buyers": "buyers, unique orders, unique placed order, unique purchases, käufer, besteller, compradores",
    "new_customers": "new customers, new buyers, first time buyers, neukunden, neue kunden, erstkäufer, "
                     "nuevos clientes, clientes nuevos",
    "revenue": "revenue, total revenue, gross revenue, attributed revenue, conversion value, placed order value, "
               "umsatz, umsätze, gesamtumsatz, bruttoumsatz, ingresos, ingresos totales, ingresos brutos, facturación",
    "refunds": "refunds, refunded, refund amount, refunded amount, erstattungen, rückerstattungen, erstattet, "
               "reembolsos, reembolsado, importe reembolsado",
    "cost": "cost, costs, total cost, total costs, campaign cost, spend, total spend, spent, amount spent, ad spend, "
            "kosten, gesamtkosten, kampagnenkosten, ausgaben, gesamtausgaben, werbeausgaben, ausgegebener betrag, "
            "gasto, gastos, gasto total, importe gastado, coste, costes, costo, costos, coste total, costo total",
    "opt_ins": "opt in, opt ins, optin, optins",
    "opt_outs": "opt out, opt outs, optout, optouts, unsubscribe, unsubscribes, unsubscribed, unsubscriptions, "
                "abmeldung, abmeldungen, abgemeldet, abbestellungen, bajas, desuscripciones",
    "blocks": "blocks, blocked, spam complaints, complaints, blockiert, blockierungen, beschwerden, bloqueos, "
              "bloqueados, bloqueado, quejas",
    "feedback": "feedback",
    "reviews": "reviews, bewertungen, rezensionen, reseñas",
    "subscribers": "subscribers, list size, abonnenten, listengröße, suscriptores, tamaño de la lista",
}  # fmt: skip
"""Words that mean one thing."""

UNSURE: dict[str, str] = {
    "campaign": "name, title, template, template name, flow, flow name, automation, mailing, newsletter, campaign id, "
                "titel, vorlage, kampagnen id, nombre, título, plantilla, flujo, id de campaña",
    "day": "start, start date, starts on, launch date, scheduled, scheduled at, scheduled time, created, created at, "
           "time, timestamp, sent at, sent time, week, month, period, beginn, startdatum, geplant am, erstellt am, "
           "zeitpunkt, woche, monat, zeitraum, inicio, fecha de inicio, programado, creado el, hora, semana, mes, "
           "período",
    "market": "region, store, shop, tienda",
    "variant": "group, gruppe, grupo",
    "audience": "contacts, kontakte, contactos, attempted",
    "sent": "recipients, total recipients, total, volume, empfänger, gesamt, destinatarios",
    "failed": "errors, rejected, dropped, fehler, abgelehnt, errores, rechazados",
    "read": "opens, total opens, views, viewed, impressions, öffnungen, ansichten, aperturas, vistas, lecturas",
    "replies": "interactions, interaktionen, interacciones",
    "orders": "conversions, transactions, konversionen, conversions gesamt, transaktionen, abschlüsse, conversiones, "
              "transacciones",
    "buyers": "customers, converted, kunden, clientes",
    "revenue": "sales, net sales, net revenue, income, value, amount, turnover, nettoumsatz, verkäufe, einnahmen, "
               "erlös, erlöse, wert, betrag, ventas, ventas netas, valor, importe, monto",
    "refunds": "returns, retouren, devoluciones",
    "cost": "price, charges, fees, preis, gebühren, investition, precio, cargos, tarifas, inversión",
    "opt_ins": "new subscribers, sign ups, signups, anmeldungen, neue abonnenten, altas, nuevos suscriptores",
}  # fmt: skip
"""Words that may mean something else: what they are read as is asked first."""

_MEANINGLESS = frozenset({"id", "ids", "phone", "telefon", "telefono", "mobile", "waba", "nr", "kw", "year", "jahr"})
"""Words of columns whose numbers count nothing."""
_RATE = re.compile(
    r"\b(\w*(rate|rates|quote|quoten|ratio|tasa|tasas)|percent|percentage|prozent|anteil|porcentaje|ctr|cr|roas|roi|"
    r"rocs|cpc|cpm|cpa|cpo|aov|avg|average|durchschnitt\w*|promedio|medio|media|per|pro|je|por)\b"
)
_NOISE = re.compile(
    r"^(number of|no of|num of|num|count of|anzahl der|anzahl|numero de|n de|no de|cantidad de)\b"
    r"|\b(count|anzahl|whats app|whatsapp|wa)\b"
)
_MESSAGES = re.compile(r"\b(messages?|msgs?|nachrichten|nachricht|mensajes?)\b")
_CURRENCY = re.compile(r"(?:[\s_(\[,-]|^)(?:in |en )?([A-Z]{3}|R\$|[€$£₱₹₺¥])[)\]]?\s*$")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the name of a column says: what it holds ('' where nobody knows), how surely, and in which currency."""

    ours: str = ""
    is_sure: bool = True
    is_rate: bool = False
    counts_nothing: bool = False
    sign: str = ""


@lru_cache(maxsize=10_000)
def meaning_of(column: str) -> Meaning:
    """Return what a column of this name probably holds."""
    name, sign = _without_currency(column)
    words = plainly(name)
    if "%" in column or _RATE.search(words):
        return Meaning(is_rate=True)
    for said, is_sure in ((_SURE, True), (_UNSURE, False)):
        if ours := said.get(words) or said.get(" ".join(_MESSAGES.sub(" ", words).split())):
            return Meaning(ours, is_sure, sign=sign)
    return Meaning(counts_nothing=not _MEANINGLESS.isdisjoint(words.split()))


def plainly(name: str) -> str:
    """Return a name without case, accents, punctuation and words such as "number of"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", anyascii(name.removeprefix("\ufeff").strip()))
    words = " ".join(re.findall(r"[a-z0-9]+", apart.lower()))
    folded = re.sub("([aou])e", r"\1", words)
    return " ".join(_NOISE.sub(" ", folded).split()) or folded


def _without_currency(column: str) -> tuple[str, str]:
    found = _CURRENCY.search(column)
    if not found or (found[1].isalpha() and not is_currency(found[1])) or not column[: found.start()].strip():
        return column, ""
    return column[: found.start()], found[1]


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {plainly(word): ours for ours, words in table.items() for word in words.split(",")}


_SURE, _UNSURE = _by_word(SURE), _by_word(UNSURE)
