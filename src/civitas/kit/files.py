"""The kinds of file in which a list goes out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# word -> ending of the address
FILES = ((_("Excel (XLSX)"), "xlsx"), (_("Table (CSV)"), "csv"), (_("Map (GeoJSON)"), "geojson"))
