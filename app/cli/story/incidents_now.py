"""The last days: what is being written up, and what burns at this moment."""

from __future__ import annotations

from app.cli.story.shapes import (
    CHANGE,
    DEPENDENCY,
    DETECT,
    MUST,
    PREVENT,
    VARIANCE,
    Block,
    Incident,
    Item,
    Reopened,
)

INCIDENTS = (
    Incident(
        key="config-typo", days=18, at="14:30", title="Free shipping for everybody, for an afternoon", severity="SEV3",
        services="shipping-rates config-store", lead="ebba", by="kadi", to="review", minutes=(95, 99, 110),
        impact="2,480 orders without shipping costs: 12,100 €.", customer_minutes=0,
        how="The threshold was put back to 80 €.",
        chair="ebba", summary="The threshold for free shipping was 8 € instead of 80 €.",
        timeline=((0, "Saved."), (95, "Controlling asks."), (99, "Put back.")),
        factors=((CHANGE, "A number is accepted whatever it is."),), well="Putting it back took four minutes.",
        badly="It took a person who looks at money to see it.", lucky="The weekend was far.",
        items=(Item("Ask twice below 20 €", "kadi", MUST, PREVENT, 14),), pace=(3, 0, 0),
        reopened=Reopened(
            "review", "ebba", 2.2, "The same happened in the app a week earlier; the timeline begins too late.",
            "remediation"
        ),
    ),
    Incident(
        key="provider-log", days=8, at="16:00", title="PayPal orders stay “pending” for two hours", severity="SEV2",
        services="payments", lead="dario", by="jonas", to="review", minutes=(17, 118, 125),
        impact="930 orders waited for up to two hours; 61 were cancelled by customers.", customer_minutes=88_000,
        how="The provider sent all notifications again.", chair="farid",
        summary="Notifications of the provider did not arrive. Why is not known yet.",
        timeline=((0, "Last notification arrives."), (17, "Alert on pending orders."),
                  (118, "Notifications sent again.")),
        factors=((DEPENDENCY, "We wait to be told, and never ask."),), well="The alert is new and worked.",
        block=Block("review", "Waits for the provider's log; promised for the end of the week.", 2),
    ),
    Incident(
        key="giftcard-double", days=6, at="12:25", title="Gift cards can be redeemed twice within one second",
        severity="SEV1",
        services="vouchers checkout", lead="cleo", by="ivo", to="review", is_vague=True, minutes=(40, 63, 75),
        labels=("money", "fraud"),
        impact="87 gift cards were redeemed twice, 5,220 € in all; one customer found out and told a forum.",
        customer_minutes=2_100,
        how="Redeeming was made to wait for the cart's lock.", chair="ben",
        summary="Two requests within the same second both saw a card that was not redeemed. The check and the "
        "booking were one step until the read replica came; then they were two.",
        timeline=((0, "First double booking, from a phone with a bad line."),
                  (40, "Ledger's nightly sum does not match; on call looks by day."),
                  (47, "A forum describes how it is done."), (63, "Redeeming waits for the lock."),
                  (75, "All 87 cards known.")),
        factors=((CHANGE, "The read replica was switched on for all reads, also for those that decide."),
                 (VARIANCE, "The sum is compared once a day.")),
        well="The forum was found by support within minutes.", badly="We would not have known before the night.",
        items=(Item("Reads that decide go to the primary", "ivo", MUST, PREVENT, 7),
               Item("Compare sums every five minutes", "mina", MUST, DETECT, 14)),
    ),
    Incident(
        key="payout-rounding", days=5, at="09:45", title="Payouts to marketplace sellers are a cent too low",
        severity="SEV3",
        services="payment-ledger", lead="dario", by="dario", to="review", private_to=("greta",),
        minutes=(200, 260, 300),
        impact="1,100 sellers, 4,720 payouts, 47.20 € in all; contracts promise exact payouts.", customer_minutes=None,
        how="Rounding corrected; the cents are paid out with the next run.", chair="greta",
        summary="Fees were rounded before they were added up.",
        timeline=((0, "First payout with the new fees."), (200, "A seller sends a table.")),
        factors=((CHANGE, "The new fee has three decimals."),),
    ),
    Incident(
        key="pickup-slots", days=4, at="08:10", title="No slots for click and collect in three cities", severity="SEV3",
        services="click-and-collect", lead="kadi", by="ebba", to="review", minutes=(25, 70, 72),
        impact="About 400 customers found no slot.",
        customer_minutes=19_000, how="The holiday calendar was corrected.", chair="kadi",
        summary="A regional holiday was taken for a national one.",
    ),
    Incident(
        key="carrier-degraded", days=2, at="10:20", title="Carrier C answers half of the price requests with errors",
        severity="SEV3",
        services="shipping-rates", lead="ebba", by="kadi", to="resolution", minutes=(5, 12), labels=("carrier",),
        impact="Carrier C is not offered; 8% of orders choose another one.",
        block=Block("resolution", "Carrier C works on it and names no time; the flat price stays on until then.", 0.2),
    ),
    Incident(
        key="relevance", days=1.22, title="Searching for “stove” finds boots first", severity="SEV3", services="search",
        lead="hana", by="ben", to="resolution", minutes=(90,),
        impact="Sales of stoves are down by a third since yesterday noon.",
    ),
    Incident(
        key="labels-late", days=0.93, title="Labels for warehouse south arrive an hour late", severity="SEV2",
        services="warehouse-sync message-bus", lead="ebba", by="kadi", to="resolution", minutes=(20, 85),
        impact="1,300 parcels miss today's truck unless the backlog is gone by four.", customer_minutes=None,
    ),
    Incident(
        key="checkout-slow", days=0.052, title="Checkout takes eleven seconds since the recommendations rewrite",
        severity="SEV1",
        services="checkout storefront-web recommendations", lead="cleo", by="ivo", to="resolution", is_vague=True,
        minutes=(6,),
        description="p99 of the last step 11 s, usually 0.9 s. Threads wait for recommendations; breaker of the shop "
        "pages is open.",
        labels=("payments",), impact="Two orders in five are given up in the last step.",
    ),
    Incident(
        key="resets", days=1.08, title="Unusually many password resets from one network", severity=None,
        services="identity",
        lead="luis", by="farid", to="incident",
        description="400 an hour instead of 30, all from one provider. None has succeeded so far.",
        block=Block("incident", "Security decides today whether it is an incident or an attack on customers of "
        "somebody else.", 0.1),
    ),
    Incident(
        key="delivery-dates", days=0.36, title="Order page shows delivery dates in the past", severity="SEV4",
        services="", lead="hana",
        by="ben", to="incident",
        description="Seen by support on three orders with click and collect; not clear which service gives the date.",
    ),
    Incident(
        key="gateway-5xx", days=0.11, title="Errors of the gateway at 1.5%, slowly rising", severity="SEV2",
        services="api-gateway",
        lead=None, by="luis", to="incident",
    ),
    Incident(
        key="android-crash", days=0.021, title="App closes at start on some Android phones", severity=None,
        services="api-gateway identity",
        lead=None, by="hana", to="incident", description="Store reviews since this morning; version 7.4, Android 13.",
    ),
)  # fmt: skip
