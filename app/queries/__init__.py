"""LOOK: read only. Plain rows for pages, messages and exit criteria; nothing here changes anything."""
