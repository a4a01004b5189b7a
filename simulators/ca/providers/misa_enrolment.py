"""Enrolment of MISA eSign.

CONFIRMED, by the titles of MISA's own guides that Bình Phước's letter of 07/2023 names: a person's certificate is asked for
with eKYC; a file that was refused is updated and goes on; certificates were given free in 2023.
UNKNOWN: everything else. The acts, their order, windows, limits, papers and messages are those of VNPT SmartCA's guide, which
is the one that was found; the packages, the means of payment, the conditions of the free certificates (hence no promotion
here).
DESIGN: prices; an appraisal that nobody decides by the control side is an approval after a day. Who enrols here logs in at
login-api with the password that they chose at the activation, everybody else with the citizen's own.

Not simulated: organisations, the smartphone's system, the connection of the account as an act of its own (who enrolled to the
end is connected; the fault `misa.account` `not_connected` shows the refusal), real money, PDF (see VNPT SmartCA's), change of
device.
"""

from __future__ import annotations

from simulators.ca.enrolment.offers import Package
from simulators.ca.enrolment.spec import EnrolmentSpec

PROVIDER = EnrolmentSpec(
    id="misa-enrolment",
    name="Ứng dụng MISA eSign",
    source="Titles of MISA's guides in the letter of Bình Phước (07/2023): eKYC, cập nhật hồ sơ khi bị từ chối",
    ca="misa",
    kinds=("person",),
    packages=(
        Package("personal-12", "Chứng thư số cá nhân", 12, 300_000),
        Package("per-signature-12", "Chứng thư số cá nhân theo lượt ký", 12, 40_000, per_signature=True),
    ),
    turn_packs={"5": 10_000, "50": 80_000},
    means=("credit", "atm"),
    sender="MISA eSign",
)
