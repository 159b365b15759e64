"""Carries questions in and reports out."""
