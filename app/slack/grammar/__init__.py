"""READ: what people type to the bot, understood without Slack, a database or a clock. Start at `verbs.py`."""

from app.slack.grammar.helping import help_lines
from app.slack.grammar.parse import understand
from app.slack.grammar.understood import Ref, Understood, echo

__all__ = ["Ref", "Understood", "echo", "help_lines", "understand"]
