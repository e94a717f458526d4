"""The weekly e-mail: what stands in its head, its two bodies, its picture; and nobody adds a header to it."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from app.domain.report_sections import Adoption
from app.faces.mail import course, mail, subject
from tests.faces import strategies
from tests.faces.reading import BASE, META, Page
from tests.faces.sample import figures

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


def sent(**told: Any) -> EmailMessage:
    """As whoever gets it reads it."""
    about = {"base_url": BASE, "sender": "Ratchet <r@example.com>", "to": "Ana <ana@example.com>",
             "message_id": "<7.1@ratchet.example.com>", **told}  # fmt: skip
    of = about.pop("of", figures())
    read = message_from_bytes(mail(of, about.pop("meta", META), **about).as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_the_head_says_the_main_figure_and_how_to_end_it() -> None:
    told = sent()
    assert told["Subject"] == "Week 47: 71.2 % adopted, +6.9 points – Everyone"
    assert told["From"] == "Ratchet <r@example.com>"
    assert told["To"] == "Ana <ana@example.com>"
    assert told["Message-ID"] == "<7.1@ratchet.example.com>"
    assert told["List-Unsubscribe"] == f"<{BASE}/account/reports>"
    assert told["Auto-Submitted"] == "auto-generated"
    assert told["Date"] == "Mon, 23 Nov 2026 07:00:00 +0000"


def test_it_is_read_as_plain_text_and_as_a_page() -> None:
    told = sent()
    plain, page = told.get_body(("plain",)), told.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().startswith("# Weekly report: Everyone\r\n")
    assert plain.get_content().rstrip().endswith(f"Change or end it: {BASE}/account/reports")
    assert Page(page.get_content()).text.startswith("Weekly report: Everyone")
    assert "img" not in Page(page.get_content()).tags


def test_the_chart_is_within_and_says_what_it_shows_to_whoever_cannot_see_it() -> None:
    told = sent(chart=PNG)
    (picture,) = [part for part in told.walk() if part.get_content_type() == "image/png"]
    assert picture.get_content() == PNG
    assert picture["Content-ID"] == "<adoption-chart>"
    page = told.get_body(("html",))
    assert page is not None
    shown = Page(page.get_content())
    assert "cid:adoption-chart" in shown.links
    assert shown.alts == [course(figures())]
    assert course(figures()).startswith("Adoption: 32.8 % to 71.2 % in 23 weeks")
    other = sent(chart=PNG, alt="Seen <by> nobody").get_body(("html",))
    assert other is not None
    assert Page(other.get_content()).alts == ["Seen <by> nobody"]


@pytest.mark.parametrize(
    ("meta", "of", "said"),
    [
        (META, strategies.empty(), "Week 47: nothing is measured yet – Everyone"),
        (replace(META, revision=2, revisions=2), figures(),
         "Corrected: week 47: 71.2 % adopted, +6.9 points – Everyone"),
        (replace(META, is_preview=True), figures(), "Preview of week 47: 71.2 % adopted, +6.9 points – Everyone"),
        (META, figures(adoption=Adoption(figures().adoption.now, None, 3, 9, [])),
         "Week 47: 71.2 % adopted – Everyone"),
        (META, figures(title="Shop\r\nBcc: evil@example.com"),
         "Week 47: 71.2 % adopted, +6.9 points – Shop Bcc: evil@example.com"),
    ],
)  # fmt: skip
def test_the_subject_is_of_one_line(meta: Any, of: Any, said: str) -> None:
    assert subject(of, meta) == said
    told = sent(meta=meta, of=of)
    assert told["Subject"] == said
    assert told["Bcc"] is None


def test_a_name_adds_no_header_and_what_is_no_address_is_refused() -> None:
    told = sent(to="Ana\r\nBcc: evil@example.com <ana@example.com>")
    assert told["Bcc"] is None
    assert told["To"].addresses[0].addr_spec == "ana@example.com"
    for name in ("Ána “the” Keller", "Keller, Ana", 'Ana "A" K: x;', "<b>", "שלום", "@", ""):
        (to,) = sent(to=f"{name} <ana@example.com>")["To"].addresses
        assert (to.display_name, to.addr_spec) == (name, "ana@example.com")
    assert sent(to="ana@example.com")["To"] == "ana@example.com"
    for wrong in ("", "nobody", "Ana <>"):
        with pytest.raises(ValueError, match="address"):
            sent(to=wrong)
