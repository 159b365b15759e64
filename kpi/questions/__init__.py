"""The questions, a file each; adding one is a new file and its line here."""

from kpi.questions.benchmark import BENCHMARK
from kpi.questions.campaign import CAMPAIGN
from kpi.questions.campaigns import CAMPAIGNS
from kpi.questions.channels import CHANNELS_QUESTION
from kpi.questions.clv import CLV
from kpi.questions.compare import COMPARE
from kpi.questions.define import DEFINE
from kpi.questions.funnel import FUNNEL
from kpi.questions.help import help_on
from kpi.questions.overview import OVERVIEW
from kpi.questions.top import TOP, WORST
from kpi.questions.trend import TREND
from kpi.questions.why import WHY

ABOUT_RESULTS = (
    CAMPAIGN,
    OVERVIEW,
    TOP,
    WORST,
    TREND,
    COMPARE,
    CHANNELS_QUESTION,
    FUNNEL,
    WHY,
    BENCHMARK,
    CLV,
    CAMPAIGNS,
    DEFINE,
)
QUESTIONS = (*ABOUT_RESULTS, help_on(ABOUT_RESULTS))
