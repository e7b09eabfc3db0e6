"""Figures about a span of time: pure functions from moments to plain JSON. They say what went together, never why."""

from journal.insights.factors import LEAST, TOO_EARLY, associations
from journal.insights.moments import Moment
from journal.insights.near import nearest
from journal.insights.overview import summarise
from journal.insights.week import review_week

__all__ = ["LEAST", "TOO_EARLY", "Moment", "associations", "nearest", "review_week", "summarise"]
