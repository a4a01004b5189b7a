"""One small PKI and one declaration for all tests of this folder."""

import pytest

from reference_portal import papers
from tests.reference_portal.authority import Authority, Holder


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority.make()


@pytest.fixture(scope="session")
def citizen(authority: Authority) -> Holder:
    return authority.issue()


@pytest.fixture(scope="session")
def paper() -> bytes:
    form = {
        "requester_name": "Nguyễn Thị Mỹ Dưỡng",
        "child_name": "NGUYỄN THỊ MỸ DƯỠNG",
        "home_place": "Xã Thanh Lương",
    }
    procedure = "1.004772.000.00.00.H10 - Đăng ký khai sinh cho người đã có hồ sơ, giấy tờ cá nhân"
    return papers.declaration(form, procedure=procedure, agency="UBND Xã Thanh Lương", applicant="Nguyễn Thị Mỹ Dưỡng")
