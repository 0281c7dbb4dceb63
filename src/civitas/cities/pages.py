"""The pages of a city's own words, by address."""

from django.utils.translation import gettext_lazy as _

# Address -> (key of the text in the pack, title).
TEXT_PAGES = {
    "impressum": ("imprint", _("Imprint")),
    "datenschutz": ("privacy", _("Privacy")),
    "dialogregeln": ("rules", _("Rules of dialogue")),
    "barrierefreiheit": ("accessibility", _("Accessibility")),
    "speicher": ("storage", _("What your browser keeps")),
}
