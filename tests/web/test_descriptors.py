"""A lecture hall needs more connections than a system gives unasked."""

import resource

from playground.web.descriptors import ENOUGH, allow_many


def test_a_server_asks_for_as_many_descriptors_as_a_lecture_hall_needs():
    before = soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = ENOUGH if hard == resource.RLIM_INFINITY else min(ENOUGH, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, soft), hard))
        allow_many()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (max(most, min(512, soft)), hard)
        allow_many()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= most
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
