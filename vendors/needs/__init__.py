"""Needs: what a merchant does well, badly or unwillingly, what others think of that, and what to hand over when."""
