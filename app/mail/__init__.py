"""E-mail: what goes to people who read no Slack. A sender beside the Slack room, behind the same outbox."""
