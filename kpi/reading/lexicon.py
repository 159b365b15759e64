"""Words of German, Spanish and Filipino that mean a question, a KPI, a period or nothing, in one table each.

Everything is matched without case and accents, and ``ue`` may stand for ``ü``. Names of months and days come from CLDR,
through Babel. No word may stand in two tables with two meanings: a test sees to it.
"""

from __future__ import annotations

from functools import cache, lru_cache

from anyascii import anyascii
from babel.dates import get_day_names, get_month_names

LANGUAGES = ("de", "de_AT", "es", "fil")
MONTHS = get_month_names("wide", locale="en")
DAYS = get_day_names("wide", locale="en")
FALSE_FRIENDS = frozenset({"ago", "set", "hun", "dis"})
"""Short names of months that are English words, or no months in other languages: ``ago`` is not August."""

QUESTIONS = {
    "de": {"kampagne": "campaign", "kampagnen": "campaigns", "überblick": "overview", "übersicht": "overview",
           "zusammenfassung": "overview", "beste": "top", "besten": "top", "bester": "top", "bestes": "top",
           "rangliste": "top", "schlechteste": "worst", "schlechtesten": "worst", "verlauf": "trend",
           "entwicklung": "trend", "trichter": "funnel", "bedeutung": "define", "bedeutet": "define",
           "definiere": "define", "vergleiche": "compare", "vergleich": "compare", "kanäle": "channels",
           "vergleichswerte": "benchmark", "warum": "why", "wieso": "why", "weshalb": "why", "hilfe": "help"},
    "es": {"campaña": "campaign", "campañas": "campaigns", "resumen": "overview", "mejores": "top", "mejor": "top",
           "peores": "worst", "peor": "worst", "tendencia": "trend", "evolución": "trend", "embudo": "funnel",
           "definir": "define",
           "comparar": "compare", "compara": "compare", "canales": "channels",
           "significa": "define", "significado": "define", "referencias": "benchmark",
           "por qué": "why", "porqué": "why",
           "ayuda": "help"},
    "fil": {"kampanya": "campaign", "buod": "overview", "pinakamahusay": "top", "pinakamaganda": "top",
            "pinakamasama": "worst", "takbo": "trend", "kahulugan": "define",
            "ihambing": "compare", "bakit": "why", "sabihin": "define", "tulong": "help"},
}  # fmt: skip

VERSUS = frozenset({"vs", "v", "versus", "against", "gegen", "contra", "laban", "with", "mit", "con", "to"})
"""Words between the two sides of a comparison."""
CLASHES = frozenset({"vs", "versus", "gegen", "contra"})
"""Those that make a comparison of any text."""

LATER = {
    "export": "Exporting", "exportieren": "Exporting", "exportar": "Exporting", "download": "Exporting",
    "digest": "Setting up a digest", "wochenbericht": "Setting up a digest", "informe": "Setting up a digest",
    "alert": "An alert", "alerts": "An alert", "alarm": "An alert", "alerta": "An alert",
    "delete": "Deleting", "löschen": "Deleting", "borrar": "Deleting", "remove": "Deleting",
    "forecast": "A forecast", "prognose": "A forecast", "pronóstico": "A forecast",
    "target": "Setting a target", "goal": "Setting a target", "ziel": "Setting a target",
    "undo": "Taking something back",
}  # fmt: skip
"""What people will ask for and what is not there yet, or has a command of its own."""

COMMANDED = {
    "Setting up a digest": "digest on monday 9:00",
    "An alert": "alert ctr < 5%",
    "Setting a target": "target rocs 8",
}
"""What is there, each with how it is typed: the word comes first."""

KPIS = {
    "en": {"send": "sent", "opened": "read", "clicked": "clickers", "bought": "buyers", "ordered": "orders",
           "replied": "replies", "refund": "refunds", "refunded": "refunds", "returned": "refunds", "order": "orders",
           "reached": "delivered", "subscriber": "subscribers", "customers": "buyers", "paid": "cost",
           "expensive": "cost_per_order", "profitable": "profit"},
    "de": {"ausgegeben": "cost", "gekostet": "cost", "kostet": "cost", "verdient": "revenue", "eingenommen": "revenue",
           "einnahmen": "revenue", "öffnungen": "read", "klicks pro nachricht": "clicks_per_message",
           "konversionsrate": "conversion_rate", "nachrichten": "sent", "verschickt": "sent", "versendet": "sent",
           "gekauft": "buyers", "geantwortet": "replies", "abgemeldet": "opt_outs", "rückgaben": "refunds",
           "zustellung": "delivery_rate", "rendite": "roi"},
    "es": {"gastamos": "cost", "gastado": "cost", "costó": "cost", "costo": "cost", "costos": "cost",
           "venta": "revenue", "vendimos": "revenue", "ganamos": "profit", "aperturas": "read", "mensajes": "sent",
           "enviamos": "sent", "conversiones": "conversion_rate", "clics por mensaje": "clicks_per_message",
           "devolución": "refunds", "tasa de lectura": "read_rate", "pedido": "orders", "rentabilidad": "roi"},
    "fil": {"nagastos": "cost", "gumastos": "cost", "ginastos": "cost", "kinita": "revenue", "benta natin": "revenue",
            "mensahe": "sent", "naipadala": "sent", "nabasa": "read", "bumili": "buyers", "tugon": "replies"},
}  # fmt: skip
"""More words for KPIs, verbs above all, beside the names and aliases of ``METRICS``."""

EARNED = frozenset({"money", "make", "made", "earn", "earned", "geld", "dinero", "pera", "hicimos", "gemacht"})
"""Mean revenue where no KPI is named: ``how much money did we make``."""

PHRASES = {
    "de": {"im laufe": "this"},
    "es": {"que viene": "next", "ano pasado": "last year", "lo que va de": "this"},
    "fil": {"ngayong araw": "today", "sa susunod na": "next"},
}  # fmt: skip

PERIODS = {
    "de": {"gestern": "yesterday", "heute": "today", "morgen": "tomorrow", "vorgestern": "day before yesterday",
           "letzte": "last", "letzten": "last", "letzter": "last", "letztes": "last", "letztem": "last",
           "vergangene": "last", "vergangenen": "last", "vorige": "last", "vorigen": "last", "nächste": "next",
           "nächsten": "next", "nächster": "next", "nächstes": "next", "diese": "this", "dieser": "this",
           "diesen": "this", "dieses": "this", "diesem": "this", "laufenden": "this", "tag": "day", "tage": "days",
           "tagen": "days", "woche": "week", "wochen": "weeks", "wochenende": "weekend", "monat": "month",
           "monate": "months", "monaten": "months", "quartal": "quarter", "jahr": "year", "jahre": "years",
           "jahren": "years", "seit": "since", "bis": "to", "zwischen": "between", "und": "and", "vor": "ago",
           "zwei": "2", "drei": "3", "vier": "4", "sechs": "6", "sieben": "7", "heuer": "this year"},
    "es": {"ayer": "yesterday", "hoy": "today", "mañana": "tomorrow", "anteayer": "day before yesterday",
           "últimos": "last", "últimas": "last", "última": "last", "último": "last", "pasada": "last", "pasado": "last",
           "próxima": "next", "próximo": "next", "esta": "this", "este": "this", "día": "day", "días": "days",
           "semana": "week", "semanas": "weeks", "mes": "month", "meses": "months", "trimestre": "quarter",
           "año": "year", "años": "years", "desde": "since", "hasta": "to", "al": "to", "entre": "between",
           "y": "and", "hace": "ago", "dos": "2", "tres": "3", "cuatro": "4", "seis": "6", "siete": "7"},
    "fil": {"kahapon": "yesterday", "ngayon": "today", "bukas": "tomorrow", "kamakalawa": "day before yesterday",
            "nakaraang": "last", "huling": "last", "nakalipas": "last", "susunod": "next", "ngayong": "this",
            "nitong": "this", "araw": "days", "linggo": "week", "buwan": "month", "taon": "year", "mula": "since",
            "hanggang": "to", "dalawang": "2", "tatlong": "3"},
    "en": {"yesterdays": "yesterday", "todays": "today", "tomorrows": "tomorrow", "one": "1", "two": "2", "three": "3",
           "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "twelve": "12",
           "thirty": "30", "couple": "2", "fortnight": "2 weeks", "tues": "tuesday", "thurs": "thursday"},
}  # fmt: skip

ARTICLES = frozenset({
    "a", "of", "el", "la", "los", "las", "de", "del", "noong", "nung", "ang", "na", "ng", "der", "die", "das", "dem",
    "den", "des", "vom", "im", "am",
})  # fmt: skip
"""Dropped inside a period: ``desde el lunes``."""

FILLERS = {
    "en": (
        "a about again all also am an and any anyone are as at be been being bot by can campaign campaigns check"
        " could did do does doing done during everything far figures for from gave get getting give go going good"
        " got had has have how i i'd i'm if in into is it its it's just kpi kpis let let's like look looking looks"
        " many me much my need now number numbers of on one ones our out over people performance perform performed"
        " performing please pls plz pretty quick re really report result results s say see should show so some"
        " stats sum tell than that that's the their them then there these they thing things this those to today's"
        " total up us use very want wanted was we well were whatsapp what what's whats when where which while who"
        " whole whose will with would you your went ran run running"
        " down dropped fell falling drop rose rising lower bad badly poorly worse change changed"
    ),
    "de": (
        "wie lief laufen läuft war waren was der die das den dem im in von vom für und uns unser unsere unseren"
        " unserer wir haben hat hatten ist sind viel viele gib mir zeig zeige bitte welche welcher welches man mit"
        " gesunken gefallen gestiegen schlecht"
        " ein eine einen gut es gibt heisst zum zur mal bisher gelaufen kampagne kampagnen"
    ),
    "es": (
        "de del la el los las en por para como cómo fue que qué y nuestra nuestro nuestras nuestros cuánto cuánta"
        " cuántos cuántas cuál fueron han hemos tenemos tuvimos un una va van está están con dame muestra muéstrame"
        " bajó bajaron cayó cayeron subió subieron mal favor ver quiero se le nos hizo campaña campañas"
    ),
    "fil": (
        "ang ng mga sa noong nung ano anong paano para natin namin ating aming magkano ilan ilang kumusta po ba na"
        " ay yung bumaba tumaas pakita ipakita naging nito ito ibig kampanya"
    ),
}
ASKING = "how how's wie läuft como cómo paano kumusta what what's whats was qué ano anong doing going"  # fmt: skip
"""Words that ask; with fillers alone they mean the overview: ``how are we doing``."""

GREETINGS = {
    "Hello!": (
        "hi hello hey hallo hola servus moin kamusta kumusta howdy yo good morning afternoon evening guten tag morgen"
        " abend buenos buenas dias tardes magandang umaga hapon gruss gott there bot"
    ),
    "You are welcome.": (
        "thanks thank you thx ty danke schon vielen dank gracias muchas salamat maraming cheers so much"
    ),
    "Good.": "ok okay great nice cool super perfect perfekt genial very",
}  # fmt: skip
"""What to say back to a text of nothing but such words; the first word must not be one of ``GREETING_ENDS``."""
GREETING_ENDS = frozenset({"morning", "afternoon", "evening", "tag", "morgen", "abend", "there", "you", "so", "much",
                           "very", "dias", "schon", "bot"})  # fmt: skip


@cache
def folded(text: str) -> str:
    """Return a text without case, accents and doubled spaces, for matching words."""
    return " ".join(anyascii(text).lower().split())


def spellings(word: str) -> set[str]:
    """Return the ways a word of the tables may be typed, folded: ``übersicht`` as ``ubersicht`` or ``uebersicht``."""
    lowered = word.lower()
    return {folded(lowered), folded(lowered.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))}


def foreign(table: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return a table of all languages as one, folded."""
    return {
        spelled: meaning for words in table.values() for word, meaning in words.items() for spelled in spellings(word)
    }


@lru_cache(maxsize=4096)
def english(period: str) -> str:
    """Return the words of a period in English, as far as they are known, in English order."""
    said = f" {folded(period)} "
    for phrase, meaning in foreign_phrases().items():
        said = said.replace(f" {phrase} ", f" {meaning} ")
    words = [period_words().get(word, word) for word in said.split() if word not in ARTICLES]
    if len(words) == 2 and words[1] in ("last", "next"):  # noqa: PLR2004  semana pasada
        words.reverse()
    return " ".join(words)


@cache
def period_words() -> dict[str, str]:
    """Return every foreign word of a period, folded, with its English."""
    words = foreign(PERIODS)
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                words.setdefault(folded(name).rstrip("."), MONTHS[number].lower())
        for number, name in get_day_names("wide", locale=language).items():
            words.setdefault(folded(name), DAYS[number].lower())
    return {word: meaning for word, meaning in words.items() if word not in FALSE_FRIENDS}


@cache
def foreign_phrases() -> dict[str, str]:
    """Return the phrases of periods, folded, with their English."""
    return foreign(PHRASES)


@cache
def fillers() -> frozenset[str]:
    """Return every word of any language that can be left out."""
    greetings = " ".join(GREETINGS.values()).split()
    words = " ".join(FILLERS.values()).split()
    return frozenset(greetings).union(*(spellings(word) for word in words))


@cache
def asking_words() -> frozenset[str]:
    """Return the words that ask how things are."""
    return frozenset().union(*(spellings(word) for word in ASKING.split()))
