"""DO: one function for each thing that a person can do. A step loads, lets the domain decide, remembers, and tells."""
