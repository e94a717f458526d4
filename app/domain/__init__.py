"""DECIDE: the rules of the cycle, with the standard library only. No database, no web, no clock."""
