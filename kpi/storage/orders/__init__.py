"""Single orders, their customers, and the days of campaigns that they add up to."""
