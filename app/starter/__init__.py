"""START: practices that every company may begin with, in words and expressions of their own. No database."""
