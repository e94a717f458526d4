"""How fast Ratchet is, beside a floor measured in the same run: `python -m bench`, printed and kept in results.json."""
