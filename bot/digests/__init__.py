"""What people ask of digests in Slack, and what a digest is when it goes out."""
