"""Ladders: each thing that is owed has its next reminder planned as a row; a sweep does what is due."""
