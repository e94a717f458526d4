"""Services by name, one input each: quicker to type than to find in a list of thousands, and the same in every form."""

from __future__ import annotations

from typing import Any

from app.queries import catalogue
from app.web import current
from app.web.forms.form import LineField, Rows

SPARE_ROWS = 2  # empty rows for people without JavaScript


class ServiceRows(Rows):
    """The template offers the catalogue's names in a datalist with the id `service-names`."""

    def __init__(self, label: str, **about: Any) -> None:
        kinds = {"list": "service-names", "autocomplete": "off", "autocapitalize": "off"}
        super().__init__(LineField("Service", render_kw=kinds), label, **about)

    def names(self) -> list[str]:
        """What was typed, each once."""
        typed = [(each.data or "").strip() for each in self.entries]
        return list(dict.fromkeys(each for each in typed if each))

    def ids(self) -> dict[str, int] | None:
        """Ids by name; None, with a sentence at each row, if a name is not in the catalogue."""
        found = catalogue.service_ids(current.reading(), [each for each in self.names() if "\x00" not in each])
        unknown = [each for each in self.entries if (name := (each.data or "").strip()) and name not in found]
        for each in unknown:
            each.errors = [f"There is no service {each.data.strip()} in the catalogue. Choose one from the list."]
        return None if unknown else found

    def add_spare(self) -> None:
        """Rows to type into, for whoever cannot add one."""
        while len(self.entries) < len(self.names()) + SPARE_ROWS:
            self.append_entry("")
