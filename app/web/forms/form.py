"""What all forms share: the version that was read, a refusal beside its fields, a conflict in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from markupsafe import escape
from wtforms import (
    DateField,
    Field,
    FieldList,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import DateTimeLocalInput, HiddenInput, Select

from app.domain.errors import Refused
from app.web import current


class MarkedForm(FlaskForm):
    """A form that shows what a step refuses."""

    def mark(self, refused: Refused) -> list[str]:
        """Put each sentence beside its field; those without one are returned."""
        rest = []
        for each in refused.refusals:
            field = self._fields.get(each.field or "")
            if field is None:
                rest.append(each.sentence)
            else:
                field.errors = [*field.errors, each.sentence]
        return rest


class VersionedForm(MarkedForm):
    """A form over a row that others may edit too. `version` is 0 for a row that does not exist yet."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()], default=0)

    @property
    def seen(self) -> int:
        """The version that the person had before their eyes."""
        return self.version.data or 0

    def typed(self) -> Mapping[str, object]:
        """What was typed, by the same names and in the same types as the step's `saved`."""
        return {name: field.data for name, field in self._fields.items() if name not in ("version", "csrf_token")}

    def differences(self, saved: Mapping[str, object]) -> list[dict[str, str]]:
        """Both versions of each field, in words."""
        typed = self.typed()
        return [
            {
                "label": self._fields[name].label.text if name in self._fields else name,
                "yours": self.words(name, typed.get(name)),
                "theirs": self.words(name, theirs),
            }
            for name, theirs in saved.items()
        ]

    def words(self, name: str, value: object) -> str:
        """A value as people read it. Forms with rows of their own say how."""
        field = self._fields.get(name)
        if isinstance(value, (list, tuple)):
            return "\n".join(self.words(name, each) for each in value)
        if isinstance(field, SelectField | SelectMultipleField):
            return dict(_choices(field)).get(str(value or ""), str(value or ""))
        return say(value)


def say(value: object) -> str:
    """A value in the reader's words and zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(current.zone()).strftime("%-d %B %Y, %H:%M:%S %Z").replace(":00 ", " ")
    if isinstance(value, date):
        return value.strftime("%-d %B %Y")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _choices(field: Any) -> list[tuple[str, str]]:
    pairs = [(each.value, each.label) if isinstance(each, SelectChoice) else each for each in field.choices or []]
    return [(str(key), str(label)) for key, label in pairs]


class LineField(StringField):
    """One line of text, without surrounding space; never None."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = valuelist[0].strip() if valuelist else ""


class TextField(TextAreaField):
    """Several lines of text; never None."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = valuelist[0].replace("\r\n", "\n") if valuelist else ""


class DayField(DateField):
    """A day, or nothing."""

    def __init__(self, label: str, **about: Any) -> None:
        super().__init__(label, **{"validators": [Optional()], **about})


class Options(Select):
    """A list to choose from. Our options have a value and words, nothing else: written as such they take a tenth of the
    time, and a page may offer hundreds of people."""

    @classmethod
    def render_option(cls, choice: Any, **_more: Any) -> str:
        is_selected = " selected" if choice.selected else ""
        return f'<option{is_selected} value="{escape(choice.value)}">{escape(choice.label)}</option>'


class PersonField(SelectField):
    """One person, or nobody. Choices are set by the page."""

    widget = Options()

    def __init__(self, label: str, **about: Any) -> None:
        super().__init__(label, coerce=_id_or_none, validate_choice=False, **about)


class ChoiceField(SelectField):
    """One of a few words; the step refuses others with a sentence."""

    widget = Options()

    def __init__(self, label: str, choices: Sequence[tuple[str, str]], **about: Any) -> None:
        offered = [SelectChoice(value=value, label=words) for value, words in choices]
        super().__init__(label, choices=offered, validate_choice=False, **about)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = valuelist[0] if valuelist else ""


def row_id(text: Any) -> int:
    """The id of a row, for choices. ValueError: it is none, or longer than any database keeps."""
    if len(str(text)) > 18:
        raise ValueError("This is none of the choices.")
    return int(text)


def _id_or_none(value: Any) -> int | None:
    return int(value) if str(value or "").isdecimal() and len(str(value)) <= 18 else None


class Rows(FieldList):
    """Repeated rows. What claims to be a row but has no plain number is no row."""

    def __init__(self, *arguments: Any, **about: Any) -> None:
        super().__init__(*arguments, **about)
        self.type = "FieldList"  # the summary of errors knows rows by this name

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for name in formdata:
            number = name[len(prefix) + 1 :].split("-", 1)[0] if name.startswith(f"{prefix}-") else ""
            if number.isdecimal() and len(number) <= 9:
                yield int(number)


class InstantField(Field):
    """An instant, typed in the reader's zone, kept in UTC. What is not touched stays the same to the microsecond."""

    widget = DateTimeLocalInput()

    def __init__(self, label: str, **about: Any) -> None:
        super().__init__(label, **about)
        self.raw = ""

    def _value(self) -> str:
        return self.raw or self._shown(self.data)

    def _shown(self, at: datetime | None) -> str:
        if at is None:
            return ""
        local = at.astimezone(current.zone())
        return local.strftime("%Y-%m-%dT%H:%M:%S" if local.second else "%Y-%m-%dT%H:%M")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        was = self.object_data
        self.raw = valuelist[0].strip() if valuelist else ""
        if not self.raw:
            self.data = None
        elif isinstance(was, datetime) and self.raw == self._shown(was):
            self.data = was
        else:
            self.data = read_local(self.raw, current.zone())

    def pre_validate(self, _form: Any) -> None:
        if self.process_errors:
            raise ValidationError()


def read_local(text: str, zone: ZoneInfo) -> datetime:
    """A typed date and time as an instant. ValueError, in words: it is none, or the clocks skipped it."""
    try:
        local = datetime.fromisoformat(text.replace(" ", "T"))
        at = (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("Enter a date and time such as 2026-03-02 09:30.") from None
    if local.tzinfo is None and at.astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(f"The clocks of {zone.key} skipped this time. Enter another one.")
    return at
