"""SHOW: web pages. A door parses a form, opens a unit of work, makes one call into the workflow, and answers."""
