"""What the tests of the lenses share."""

import pytest

from tests.lenses.moments import moment_of


@pytest.fixture
def make():
    """`moment_of`: a small network of real data, ready to be looked at."""
    return moment_of
