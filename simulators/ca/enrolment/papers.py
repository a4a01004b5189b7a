"""The texts that the app has the citizen sign: the contract and the minutes."""

from __future__ import annotations

from simulators.ca.enrolment.records import Enrolment
from simulators.ca.enrolment.spec import EnrolmentSpec
from simulators.kernel.clock import in_vietnam
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Instant

CONTRACT = "Hợp đồng cung cấp dịch vụ chứng thực chữ ký số"
MINUTES = "Biên bản nghiệm thu"
HAND_OVER = "Biên bản bàn giao, nghiệm thu"
"""Of an organisation."""


def contract(spec: EnrolmentSpec, enrolment: Enrolment, now: Instant) -> tuple[str, str]:
    """Title and text."""
    package = spec.package(enrolment.details.package)
    assert package is not None, "registration looked it up"
    lines = (
        *_head(CONTRACT, spec, enrolment, now),
        f"Gói: {package.name}, {enrolment.quote.months} tháng",
        f"Giá: {enrolment.quote.amount:,} đồng".replace(",", "."),
    )
    return CONTRACT, "\n".join(lines)


def minutes(spec: EnrolmentSpec, enrolment: Enrolment, certificate: Certificate, now: Instant) -> tuple[str, str]:
    """Title and text: which certificate is handed over, and until when it is valid."""
    title = HAND_OVER if enrolment.details.organisation else MINUTES
    lines = (
        *_head(title, spec, enrolment, now),
        f"Chứng thư số: {certificate.id}",
        f"Có hiệu lực đến: {in_vietnam(certificate.not_after):%d/%m/%Y %H:%M:%S}",
    )
    return title, "\n".join(lines)


def _head(title: str, spec: EnrolmentSpec, enrolment: Enrolment, now: Instant) -> tuple[str, ...]:
    details = enrolment.details
    own = details.organisation
    organisation = (
        (
            f"Tổ chức: {own.name}, mã số thuế {own.tax_code}, giấy phép {own.licence}",
            f"Người đại diện: {own.representative}",
            *((f"Giấy uỷ quyền (có dấu): {own.authorisation}",) if own.authorisation else ()),
        )
        if own
        else ()
    )
    return (
        f"{title} (MÔ PHỎNG, không có giá trị pháp lý)",
        f"Bên A: {spec.name}",
        f"Bên B: {details.name}, CCCD {details.card_number}",
        *organisation,
        f"Liên hệ: {details.phone}, {details.email}, {details.address}",
        f"Lập lúc {in_vietnam(now):%H:%M:%S, %d/%m/%Y}",
    )
