"""Tags of the cockpit's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from civitas.cockpit.charts import Chart

register = template.Library()


@register.simple_tag
def fig(chart: Chart) -> SafeString:
    """A chart of the cockpit with its sentence and its table."""
    drawing = render_to_string(chart.template, {"chart": chart, "body": chart.body})
    return render_to_string("cockpit/_chart.html", {"chart": chart, "drawing": drawing})
