"""OFFER: REST v1 for machines, one file per noun. A token instead of a session; problems (RFC 9457), never HTML."""
