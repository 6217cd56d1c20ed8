"""The database and the files that its rows name, in one archive, and back."""
