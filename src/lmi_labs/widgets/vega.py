"""Charts in a notebook: JupyterLab draws a Vega-Lite specification by itself and keeps it in the output."""

from __future__ import annotations

from typing import Any

from lmi_sim.report.charts import Chart

__all__ = ["SCHEMA", "VEGA_LITE", "bundle"]

VEGA_LITE = "application/vnd.vegalite.v5+json"
"""The type of the charts that JupyterLab draws."""
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def bundle(chart: Chart) -> dict[str, Any]:
    """The output with which JupyterLab draws the chart, and which says the same where it can't."""
    return {
        "output_type": "display_data",
        "data": {VEGA_LITE: chart.spec, "text/plain": f"{chart.title}. {chart.caption}"},
        "metadata": {VEGA_LITE: {"embed_options": {"actions": False, "renderer": "svg"}}},
    }
