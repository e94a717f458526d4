"""Two ways to use a page: as people with a mouse do, and with the keyboard alone. The journey does not know which."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from playwright.sync_api import Locator, Page

Value = str | date | datetime
# What has the focus, as a screen reader would name it.
FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const label = at.labels && at.labels.length ? at.labels[0].innerText : (at.ariaLabel || at.innerText || '');
  return {tag: at.tagName, type: at.type || '', name: label.trim().replace(/\\s+/g, ' ')};
}"""
TABS_MAX = 250


class Pointer:
    """Fills, chooses and presses by clicking."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def fill(self, label: str, value: Value, *, within: str = "") -> None:
        text = value if isinstance(value, str) else value.strftime("%Y-%m-%d" + "T%H:%M" * isinstance(value, datetime))
        self._labelled(label, within).fill(text)

    def choose(self, label: str, option: str, *, within: str = "") -> None:
        select = self._labelled(label, within)
        texts = [each.strip() for each in select.locator("option").all_inner_texts()]
        select.select_option(index=next(n for n, text in enumerate(texts) if text.startswith(option)))

    def tick(self, label: str) -> None:
        self.page.get_by_label(re.compile(f"^{label}")).check()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=re.compile(f"^{name}")).first.click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=re.compile(f"^{name}")).first.click()

    def open(self, name: str) -> None:
        self.page.locator("summary", has_text=name).click()

    def _labelled(self, label: str, within: str) -> Locator:
        place = self.page.get_by_role("group", name=within) if within else self.page
        return place.get_by_label(re.compile(f"^{re.escape(label)}")).first


class Keyboard:
    """Reaches everything by Tab, as somebody without a mouse has to."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def fill(self, label: str, value: Value, *, within: str = "") -> None:
        self._reach(label, {"INPUT", "TEXTAREA"})
        if isinstance(value, str):
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(value)
            return
        self.page.keyboard.type(value.strftime("%m%d%Y"))
        if isinstance(value, datetime):
            self.page.keyboard.press("ArrowRight")  # a year may have six digits: this one is over
            self.page.keyboard.type(value.strftime("%I%M%p"))

    def choose(self, label: str, option: str, *, within: str = "") -> None:
        self._reach(label, {"SELECT"})
        self.page.keyboard.type(option)

    def tick(self, label: str) -> None:
        """A group of radio buttons has one stop; the arrows go on from there."""
        self._reach("", {"INPUT"}, type_="radio")
        for _ in range(10):
            if self._focused()["name"].startswith(label):
                self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no choice {label} by the arrow keys")

    def press(self, name: str) -> None:
        self._reach(name, {"BUTTON"})
        self._enter()

    def follow(self, name: str) -> None:
        self._reach(name, {"A"})
        self._enter()

    def open(self, name: str) -> None:
        self._reach(name, {"SUMMARY"})
        self.page.keyboard.press("Enter")

    def _enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def _reach(self, name: str, tags: set[str], type_: str = "") -> None:
        """Tab on from where the focus is; past the end the browser begins at the top again."""
        for _ in range(TABS_MAX):
            self.page.keyboard.press("Tab")
            at = self._focused()
            if at["tag"] in tags and at["name"].startswith(name) and type_ in ("", at["type"]):
                return
        raise AssertionError(f"{name} cannot be reached by the Tab key")

    def _focused(self) -> dict[str, Any]:
        found: dict[str, Any] | None = self.page.evaluate(FOCUSED)
        return found or {"tag": "", "type": "", "name": ""}
