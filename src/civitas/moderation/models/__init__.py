"""The queue and its cases, decisions and runs of them, and what the machine has learned and noticed."""

from civitas.moderation.models.cases import HIDDEN_OTHERWISE, Case, Flag, SavedView, Signal
from civitas.moderation.models.decisions import Appeal, Decision, HourCount, Reason, Run, RunItem, Verb
from civitas.moderation.models.noticing import Alert, Band, Token, Trace

__all__ = [
    "HIDDEN_OTHERWISE",
    "Alert",
    "Appeal",
    "Band",
    "Case",
    "Decision",
    "Flag",
    "HourCount",
    "Reason",
    "Run",
    "RunItem",
    "SavedView",
    "Signal",
    "Token",
    "Trace",
    "Verb",
]
