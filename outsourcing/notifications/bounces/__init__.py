"""Mails that come back: what mail servers report of them, and whom they no longer reach."""
