"""What everything costs on this machine, beside the least it could cost."""
