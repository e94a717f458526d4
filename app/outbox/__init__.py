"""CARRY: from an event to somebody who hears of it, at least once and never twice. Knows no Slack."""
