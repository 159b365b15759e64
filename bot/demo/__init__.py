"""The try-out, and what happens in it by itself."""
