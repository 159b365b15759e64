"""The questions, a file each; adding one is a new file and its line here."""

from kpi.questions.campaign import CAMPAIGN
from kpi.questions.help import HELP
from kpi.questions.overview import OVERVIEW
from kpi.questions.top import TOP
from kpi.questions.trend import TREND

QUESTIONS = (CAMPAIGN, OVERVIEW, TOP, TREND, HELP)
