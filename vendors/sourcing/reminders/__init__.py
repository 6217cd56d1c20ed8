"""Who is reminded around briefs: vendors who have not answered, and colleagues who have not scored."""
