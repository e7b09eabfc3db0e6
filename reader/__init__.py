"""Text to numbers, the same in training, serving and evaluation. No Ray, and no torch at read time."""
