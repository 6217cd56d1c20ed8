"""What of contracts is reminded of: milestones, verdicts, dates, check-ins, notices; and when their ladders follow."""
