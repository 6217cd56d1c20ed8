"""Where what stands above learns of shortlists; functions run in the caller's transaction."""

from datetime import datetime

from outsourcing.accounts.models import Membership
from outsourcing.shared.hooks import Hook
from vendors.sourcing.models import Brief, Candidate

#: A vendor left a shortlist on its own word, or as the merchant recorded it (M21): what rested on it is looked at.
candidate_withdrawn: Hook[[Candidate, Membership, datetime], None] = Hook("sourcing.candidate_withdrawn")

#: A brief's answers were opened, or comparing began: what is measured is filled from now on.
comparing_began: Hook[[Brief, datetime], None] = Hook("sourcing.comparing_began")
