"""Settings of a Ratchet that talks to a Slack of the tests."""

from __future__ import annotations

from config import Settings


def slack_settings(url: str = "https://slack.invalid/api", token: str = "xoxb-test-token", **more: str) -> Settings:
    told = {"slack_api_url": url, "slack_token": token, "base_url": "https://ratchet.example.com", **more}
    return Settings.from_env({f"RATCHET_{key.upper()}": value for key, value in told.items()})
