"""What of the directory is reminded of: certificates that end, and questions that nobody has answered."""
