"""SAY: what Ratchet tells in Slack, and how it gets there exactly once. Nobody else knows Slack."""
