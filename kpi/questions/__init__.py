"""The questions, a file each; adding one is a new file and its line here."""

from kpi.questions.campaign import CAMPAIGN
from kpi.questions.help import help_on
from kpi.questions.overview import OVERVIEW
from kpi.questions.top import TOP
from kpi.questions.trend import TREND

ABOUT_RESULTS = (
    CAMPAIGN,
    OVERVIEW,
    TOP,
    TREND,
)
QUESTIONS = (*ABOUT_RESULTS, help_on(ABOUT_RESULTS))
