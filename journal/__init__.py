"""What is kept, and what can be seen in it."""
