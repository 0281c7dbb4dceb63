"""The sentences that a board says in the browser, in the page's language: by key, with {parts}; pairs are for one and for more."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.boards.calm import sentences
from civitas.boards.live.sentences import FAREWELLS

Words = dict[str, str | list[str]]


def words() -> Words:
    """All sentences of a board's page."""
    calm: Words = {f"calm_{code}": sentence for code, sentence in sentences().items()}
    return _things() | _acts() | _refusals() | _news() | _line() | _list() | calm


def _things() -> Words:
    both = (1, 2)
    return {
        "guest": _("Guest"),
        "you": _("You"),
        "empty_card": _("Card without words"),
        "unnamed": _("Group without a name"),
        "a_group": _("Group"),
        "proposed": _("Proposal"),
        "only_you": _("only for you"),
        "in_group": _("In the group {group}"),
        "without_group": _("Not in a group yet"),
        "all_cards": _("All cards"),
        "by_name": _("By {name}"),
        "by_you": _("By you"),
        "from_contribution": _("Contribution {number}"),
        "group_label": _("Group {group}, {count}"),
        "text_of_card": _("Words on the card"),
        "lines": _("Lines"),
        "line_between": _("{card} – {other}"),
        "drawings": _("Drawings"),
        "drawing_by": _("Drawing by {name}"),
        "taken_away": _("Taken away"),
        "cards": [ngettext("{count} card", "{count} cards", n) for n in both],
        "dots": [ngettext("{count} dot", "{count} dots", n) for n in both],
        "dots_left": [ngettext("You have {count} dot left", "You have {count} dots left", n) for n in both],
        "of_them_yours": [ngettext("({count} by you)", "({count} by you)", n) for n in both],
        "letters_left": [ngettext("{count} letter left", "{count} letters left", n) for n in both],
    }


def _acts() -> Words:
    return {
        "moved": _("“{card}” now lies with “{group}”."),
        "take_out": _("Out of the group"),
        "grouped": _("The group “{group}” is there."),
        "ungrouped": _("The group “{group}” is dissolved. Its cards stay."),
        "connected": _("“{card}” is connected with “{other}”."),
        "removed": _("“{card}” is taken away."),
        "removed_line": _("The line is taken away."),
        "bring_back": _("Bring back"),
        "undone": _("Taken back."),
        "nothing_to_undo": _("There is nothing of yours to take back."),
        "name_of_group": _("Name of the group"),
        "word_on_line": _("Word on the line"),
        "place_of": _("Place {place} of {count}"),
        "show": _("Show"),
        "copied": _("Copied."),
        "hint_card": _("Press where the new card is to lie."),
        "hint_group": _("Draw a frame for the new group."),
        "hint_connect": _("Press one card, then the other."),
        "hint_dots": _("Press a card to give it a dot."),
        "hint_dots_keys": _("With the Shift key you take it back."),
        "hint_draw": _("Draw with the mouse, the pen or your finger."),
    }


def _refusals() -> Words:
    return {
        "no_write": _("You cannot lay new cards now."),
        "no_edit": _("You cannot change this card."),
        "no_move": _("You cannot move this card."),
        "no_group": _("Cards cannot be put into groups now."),
        "no_dots": _("No dots are given on this board."),
        "no_dots_left": _("You have given all your dots. Take one back first."),
        "no_dot_here": _("None of your dots is here."),
        "only_read": _("You can read this now, not change it."),
        "write_first": _("Write something on the card first."),
        "not_sent": _("That did not arrive. Please try again."),
        "picture_failed": _("The picture did not arrive. Please try again."),
    }


def _news() -> Words:
    both = (1, 2)
    return {
        "news_new": _("New card by {name}: {card}"),
        "news_gone": _("Taken away: {card}"),
        "news_moved": _("“{card}” now lies with “{group}”"),
        "news_out": _("“{card}” no longer lies in a group"),
        "news_changed": _("Changed: {card}"),
        "news_group": _("New group: {group}"),
        "news_named": _("A group is now called “{group}”"),
        "news_dotted": _("Somebody gave a dot"),
        "news_undotted": _("Somebody took a dot back"),
        "news_field": _("“{card}”: {field}: {value}"),
        "empty_field": _("empty"),
        "news_picture": _("There is a picture on “{card}” now"),
        "news_no_picture": _("The picture on “{card}” is gone"),
        "news_colour": _("Another colour: {card}"),
        "news_line": _("“{card}” and “{other}” are connected now"),
        "news_no_line": _("“{card}” and “{other}” are connected no more"),
        "news_label": _("On the line between “{card}” and “{other}”: {label}"),
        "many_new": [ngettext("{count} new card", "{count} new cards", n) for n in both],
        "many_gone": [ngettext("{count} card taken away", "{count} cards taken away", n) for n in both],
        "many_moved": [ngettext("{count} card moved", "{count} cards moved", n) for n in both],
        "many_changed": [ngettext("{count} card changed", "{count} cards changed", n) for n in both],
        "many_grouped": [ngettext("{count} new group", "{count} new groups", n) for n in both],
        "many_named": [ngettext("{count} new name of a group", "{count} new names of groups", n) for n in both],
        "many_dotted": [ngettext("{count} new dot", "{count} new dots", n) for n in both],
        "many_undotted": [ngettext("{count} dot taken back", "{count} dots taken back", n) for n in both],
        "many_lines": [ngettext("{count} line changed", "{count} lines changed", n) for n in both],
        "now_phase": _("What comes now: {phase}"),
        "clash": _("{name} moved “{card}” at the same moment. It now lies with “{group}”."),
    }


def _line() -> Words:
    both = (1, 2)
    return {
        "link_local": _("Only to try out"),
        "link_saved": _("Saved"),
        "link_saving": _("Being saved …"),
        "link_connecting": _("Opening the board …"),
        "link_searching": _("Looking for the board …"),
        "link_offline": _("No network. You can go on working."),
        "link_ended": _("Connection ended"),
        "left": str(FAREWELLS["left"]),
        "waits_for_net": [ngettext("{count} change waits for the network", "{count} changes wait for the network", n) for n in both],
        "waits_for_board": [ngettext("{count} change waits for the board", "{count} changes wait for the board", n) for n in both],
        "people_here": [ngettext("{count} person is here", "{count} people are here", n) for n in both],
        "time_is_up": _("time is up"),
        "minutes_left": [ngettext("{count} minute left", "{count} minutes left", n) for n in both],
        "seconds_left": [ngettext("{count} second left", "{count} seconds left", n) for n in both],
    }


def _list() -> Words:
    both = (1, 2)
    return {
        "no_cards": _("There is no card yet."),
        "in_groups": [ngettext("in one group", "in {count} groups", n) for n in both],
        "still_free": [ngettext("one still free", "{count} still free", n) for n in both],
        "show_more": [ngettext("Show {count} more", "Show {count} more", n) for n in both],
        "acts_for": _("What to do with “{thing}”"),
        "carries_now": _("{name} is just laying this card down"),
        "your_cards": [ngettext("Your card", "Your {count} cards", n) for n in both],
        "hangs": _("hangs on the board"),
        "hangs_with": _("hangs with “{group}”"),
        "still_waits": _("waits for the network"),
        "free_place": _("Anywhere on the board"),
        "put_up": _("Put up"),
        "keep_card": _("Add to my cards"),
        "card_hangs": _("Your card is on the board."),
        "card_kept": _("Your card is kept. Only you can see it now."),
        "field_is": _("{label}: {value}"),
        "field_open": _("{label}?"),
        "picture_ready": _("The picture is on the card."),
        "picture_taken": _("The picture is taken away."),
        "picture_shows": _("Picture: {words}"),
        "no_alt": _("without a description"),
        "choose_picture": _("Please choose a picture first."),
    }
