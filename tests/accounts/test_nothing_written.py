"""What says that nothing was written notices what is."""

import pytest

from outsourcing.accounts.models import Membership
from tests.factories import MailFactory, OrganisationFactory


@pytest.mark.parametrize("write", [OrganisationFactory, MailFactory, lambda: Membership.objects.update(phone="1")])
def test_a_write_is_noticed(owner, nothing_written, write):
    with pytest.raises(AssertionError), nothing_written():
        write()
