"""The charts of the weekly report: SVG for pages, made of figures and of nothing else. The picture is in `png`."""

from app.faces.charts.adoption import adoption
from app.faces.charts.funnel import funnel
from app.faces.charts.heat import heat
from app.faces.charts.practices import practices
from app.faces.charts.trend import alt

__all__ = ["adoption", "alt", "funnel", "heat", "practices"]
