"""Section A: the portal as a relying party of the national login, and its own session."""

from urllib.parse import urlsplit

from conformance.failures import came
from conformance.lab import Lab, Visitor
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.sources import ND61, TT32


@requirement(
    "A01",
    MUST,
    "Chưa đăng nhập thì không tạo, không nộp được hồ sơ; trang đăng nhập là của Cổng Dịch vụ công quốc gia.",
    "Nothing can be filed without a login, and the login is the national one.",
    basis=(ND61.at("Điều 24 khoản 2 điểm c"), TT32.at("Điều 10")),
)
def test_nothing_is_filed_without_the_national_login(lab: Lab, visitor: Visitor, filing_of) -> None:
    with may_be_refused() as anonymous:
        filing_of(visitor).blank("free")
    assert anonymous.refused, came("cổng lập bản nháp cho người chưa đăng nhập", "the portal made a draft for nobody")

    page = visitor.login.begin()
    assert urlsplit(page.url).netloc == urlsplit(lab.control.url).netloc

    with good_twin():
        lab.log_in(visitor)
        assert visitor.dossiers.list() == ()
        own = filing_of(visitor).blank("free")
    assert [line.id for line in visitor.dossiers.list()] == [own.id]
