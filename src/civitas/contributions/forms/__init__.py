"""What people type when they give a contribution: the form, and one file for each thing it asks about."""

from civitas.contributions.forms.give import GiveForm, kept_texts

__all__ = ["GiveForm", "kept_texts"]
