"""A week or a month as a message: one sentence that says how it went, the proof, and what needs somebody."""
