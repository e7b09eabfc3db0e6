"""Ways out of the journal and into it: one module a format."""
