"""Files into the database, listed, and taken back."""
