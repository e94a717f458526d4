"""The whole cycle as people walk it: one function per stage, by the forms, in a real browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.hands import Keyboard, Pointer


@dataclass
class Journey:
    """Ana leads; Ben is the other pair of eyes. `address` is the incident's."""

    ana: Pointer | Keyboard
    ben: Pointer | Keyboard
    address: str = ""
    practice: str = ""

    def walk(self, title: str) -> None:
        """From declared to adopted."""
        self.declare(title)
        for stage in (self.resolve, self.review, self.remediate, self.analyse, self.agree, self.automate, self.adopt):
            stage()

    def declare(self, title: str) -> None:
        ana = self.ana
        ana.follow("Declare")
        ana.fill("What is broken?", title)
        ana.choose("Severity", "SEV1")
        ana.fill("Service", "checkout")
        ana.choose("Commander", "Ana")
        ana.fill("What do we know so far?", "Since 9:30 no order goes through.")
        ana.press("Declare")
        at_stage(ana.page, "Resolution")
        self.address = re.sub(r"/resolution$", "", ana.page.url)

    def resolve(self) -> None:
        ana, now = self.ana, datetime.now(UTC)
        for minutes, label in ((90, "Started"), (80, "Detected"), (45, "Mitigated"), (30, "Resolved")):
            ana.fill(label, now - timedelta(minutes=minutes))
        ana.fill("Impact", "4,200 customers could not pay.")
        ana.fill("Customer minutes", "189000")
        ana.fill("How was it resolved?", "Rolled back the payment client.")
        ana.press("Save and mark as resolved")
        at_stage(ana.page, "Review")

    def review(self) -> None:
        ana = self.ana
        ana.choose("Facilitator", "Ben")
        ana.fill("Summary", "Retries of a slow bank took the checkout down.")
        ana.fill("Time", datetime(2026, 3, 2, 9, 30), within="Timeline")
        ana.fill("What happened", "The bank answers slowly.", within="Timeline")
        ana.choose("Area", "Dependency", within="Contributing factors")
        ana.fill("What made it possible", "Calls to the bank had no timeout.", within="Contributing factors")
        ana.fill("What went well?", "We saw it within ten minutes.")
        ana.fill("What went badly?", "Nobody could switch the bank off.")
        ana.fill("Where did we get lucky?", "It was a quiet Monday.")
        ana.press("Save and publish")
        at_stage(ana.page, "Remediation")

    def remediate(self) -> None:
        ana = self.ana
        ana.fill("What has to be done?", "Give the payment client a timeout of 800 ms")
        ana.choose("Owner", "Ben")
        ana.fill("Due", date(2027, 1, 31))
        ana.choose("Priority", "Must")
        ana.choose("Kind", "Prevent")
        ana.press("Add it")
        expect(ana.page.get_by_role("region", name="What is missing")).to_contain_text("must be done and verified")
        ana.press("Finish")
        ana.press("Verify")
        ana.press("Complete remediation")
        at_stage(ana.page, "Analysis")

    def analyse(self) -> None:
        ana = self.ana
        ana.fill("Or name a new one", "Slow dependency")
        ana.tick("A new practice")
        ana.fill("Reason", "No rule says that calls need a timeout.")
        ana.press("Save and complete")
        at_stage(ana.page, "Best practice")

    def agree(self) -> None:
        ana, ben = self.ana, self.ben
        ana.follow("Propose a new practice")
        ana.fill("The rule", "Every call to another service has a timeout")
        ana.fill("Why", "A slow dependency must not take its callers down.")
        ana.choose("Area", "Dependency")
        ana.press("Propose")
        expect(ana.page.get_by_role("heading", level=1)).to_contain_text("Every call to another service has a timeout")
        self.practice = ana.page.url
        ben.page.goto(self.practice)
        ben.press("Accept")
        expect(ben.page.get_by_text("is accepted.")).to_be_visible()
        ana.page.goto(self.address)
        at_stage(ana.page, "Automation")

    def automate(self) -> None:
        ana = self.ana
        ana.page.goto(self.practice)
        ana.follow("Write a check")
        ana.fill("Expression", 'facts["http.timeout_ms"] <= 1000')
        ana.press("Save in dry run")
        ana.press("Activate")
        ana.page.goto(self.address)
        at_stage(ana.page, "Adoption")

    def adopt(self) -> None:
        ana = self.ana
        for service, value in (("checkout", "800"), ("payments", "500")):
            ana.page.goto(f"/services/{service}")
            ana.open("Report a fact by hand")
            ana.fill("Key", "http.timeout_ms")
            ana.fill("Value", value)
            ana.press("Report")
            expect(ana.page.locator("[data-flash=success]")).to_be_visible()
        ana.page.goto(self.address)
        expect(ana.page.get_by_text("Loop closed").first).to_be_visible()


def at_stage(page: Page, title: str) -> None:
    """The incident is at this stage, and its page is shown."""
    expect(page.get_by_role("heading", level=2, name=title, exact=True)).to_be_visible()
    expect(page.locator(".rail-item.st-active .rail-title")).to_have_text(title)
