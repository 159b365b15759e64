"""Two or more sides of a comparison: what they are, whether they can be compared, and the verdict in words."""
