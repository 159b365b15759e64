"""Is one campaign better than another, and how sure can one be? Pure: numbers in, verdicts out."""
