"""The tables. Every key begins with the workspace, the guard against leaks between teams.

Table models are filled inside the program only; what comes from outside is checked before it gets here, because
``table=True`` does not validate. Amounts of money are millionths (``kpi.money``), counts and amounts are 64 bits wide.
"""

from kpi.storage.models import alerts, campaigns, imports, live, notes, orders, posting, results, teams
from kpi.storage.models.base import Table

__all__ = ["Table", "alerts", "campaigns", "imports", "live", "notes", "orders", "posting", "results", "teams"]
