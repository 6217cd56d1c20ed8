"""Who does what around briefs (DESIGN 3)."""

from outsourcing.accounts.models import Role

#: Who writes briefs, keeps shortlists, and hears of answers where whoever wrote the brief has left.
BUYERS = (Role.OWNER, Role.BUYER)
#: Who can be named to score, and sees others' scores once their own are in.
SCORERS = (*BUYERS, Role.OPERATIONS)
#: Who reads every brief of their organisation; the others read those that they score.
READERS = (*BUYERS, Role.VIEWER)
#: Who looks; operations alone only where it scores, which `visible_to` sees to.
MERCHANTS = (*SCORERS, Role.VIEWER)
#: Who runs a contract on a merchant's side.
RUN = (Role.OWNER, Role.OPERATIONS)
#: Who answers.
VENDORS = (Role.MANAGER, Role.CONTACT)
