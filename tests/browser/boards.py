"""The two views of a board, driven alike: every test of a board runs in the picture and in its list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

CARD = "(words) => [...document.querySelector('[data-board]').board.model.cards.values()].find((card) => card.text === words && !card.gone)"


def card_of(page: Page, words: str) -> dict[str, Any]:
    """A card as the page's document has it."""
    page.wait_for_function(CARD, arg=words)
    found: dict[str, Any] = page.evaluate(CARD, words)
    return found


def group_of(page: Page, words: str) -> str:
    """The title of the group in which a card lies, '' for none."""
    found: str = page.evaluate(
        "(id) => document.querySelector('[data-board]').board.model.groups.get(id)?.title ?? ''", card_of(page, words)["group"]
    )
    return found


def lies_in(page: Page, words: str, title: str) -> None:
    """Wait until a card lies in the group of that title."""
    groups = "document.querySelector('[data-board]').board.model.groups"
    page.wait_for_function(f"([words, title]) => {groups}.get(({CARD})(words)?.group)?.title === title", arg=[words, title])


def has_gone(page: Page, words: str) -> None:
    """Wait until no card has these words."""
    page.wait_for_function(f"(words) => !({CARD})(words)", arg=words)


def name_group(page: Page, title: str) -> None:
    """Answer the dialog that asks for the name of a new group, and wait until the group is there."""
    page.locator("dialog[open] input[type=text]").fill(title)
    page.keyboard.press("Enter")
    groups = "[...document.querySelector('[data-board]').board.model.groups.values()]"
    page.wait_for_function(f"(title) => {groups}.some((group) => group.title === title)", arg=title)


def choose(page: Page, label: str) -> None:
    """Answer the dialog that asks for a group or card."""
    page.locator("dialog[open] [data-entries] button", has_text=label).first.click()
    expect(page.locator("dialog[open]")).to_have_count(0)


@dataclass
class ByPicture:
    """Somebody who works in the picture, with mouse and keys."""

    page: Page

    def card(self, words: str) -> Locator:
        """The paper with these words."""
        return self.page.locator(".stage .card", has_text=words).first

    def take(self, words: str) -> Locator:
        """Bring the keyboard's focus to a card."""
        self.page.evaluate(f"(words) => document.querySelector('[data-board]').board.choose(({CARD})(words).id, 'list')", words)
        card = self.card(words)
        card.focus()
        expect(card).to_be_focused()
        return card

    def add(self, words: str) -> None:
        self.page.locator("[data-stage]").focus()
        self.page.keyboard.press("n")
        self.page.locator(".card__field").fill(words)
        self.page.keyboard.press("Enter")
        expect(self.card(words)).to_be_focused()

    def edit(self, words: str, better: str) -> None:
        self.take(words).press("Enter")
        self.page.locator(".card__field").fill(better)
        self.page.keyboard.press("Enter")

    def move(self, words: str, group: str) -> None:
        self.take(words).press("m")
        choose(self.page, group)

    def group(self, words: str, title: str) -> None:
        self.take(words).press("g")
        name_group(self.page, title)

    def connect(self, words: str, other: str) -> None:
        self.take(words).press("c")
        choose(self.page, other)

    def dot(self, words: str) -> None:
        self.take(words).press("d")

    def undot(self, words: str) -> None:
        self.take(words).press("Shift+D")

    def remove(self, words: str) -> None:
        self.take(words).press("Delete")

    def undo(self) -> None:
        self.page.locator("[data-stage]").focus()
        self.page.keyboard.press("Control+z")


@dataclass
class ByList:
    """Somebody who works in the list twin, by its menus."""

    page: Page

    def card(self, words: str) -> Locator:
        """The item with these words."""
        return self.page.locator("board-list .bl__card", has_text=words).first

    def menu(self, words: str, act: str) -> None:
        self.card(words).press("Enter")
        self.page.locator(f"[data-part=menu] [data-act={act}]").press("Enter")

    def add(self, words: str) -> None:
        self.page.locator("form[data-paper] textarea").fill(words)
        self.page.keyboard.press("Enter")
        expect(self.card(words)).to_be_visible()

    def edit(self, words: str, better: str) -> None:
        self.menu(words, "edit")
        self.page.locator(".bl__edit textarea").fill(better)
        self.page.keyboard.press("Enter")
        expect(self.card(better)).to_be_focused()

    def move(self, words: str, group: str) -> None:
        self.menu(words, "move")
        choose(self.page, group)

    def group(self, words: str, title: str) -> None:
        self.menu(words, "group")
        name_group(self.page, title)

    def connect(self, words: str, other: str) -> None:
        self.menu(words, "connect")
        choose(self.page, other)

    def dot(self, words: str) -> None:
        self.menu(words, "dot")

    def undot(self, words: str) -> None:
        self.menu(words, "undot")

    def remove(self, words: str) -> None:
        self.menu(words, "remove")

    def undo(self) -> None:
        self.page.locator("board-list .bl__toggle").first.press("Control+z")


VIEWS = {"picture": ByPicture, "list": ByList}
