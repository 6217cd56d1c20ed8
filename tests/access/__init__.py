"""Who gets what at which address: the cast and its world (world.py), what a row says (rows.py), and a file of rows for
each room, which tests/test_access.py walks beside Django's own list of routes.

A new room adds tests/access/<room>.py with a list ROWS and, where it has objects, a function furnish(world).
"""
