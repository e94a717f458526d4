"""What people type: one file per stage. A form knows fields and words; the rules are in the domain."""
