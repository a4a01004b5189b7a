"""Enrolment of VNPT SmartCA, in its app.

CONFIRMED: persons who never had a SmartCA certificate, on a device where no account was activated; a valid CCCD or CMND, the
name with its marks as on the card, a contact address that is free; a package without limit of signatures or one of turns that
are bought; VNPT Money, credit card, ATM card; activation by what came by SMS and e-mail, within 48 hours; eKYC and the contract
in the app; the appraisal goes on while the app is closed; the notice "Yêu cầu cấp chứng thư số đã được duyệt"; acceptance
minutes; at most 48 hours to serve; what an organisation brings (licence, representative, sealed authorisation) and its
hand-over minutes; window, place and condition of the three promotions (Bình Dương, January and February to December 2022; Quận
10, 4 to 14 June 2024).
LIKELY: five wrong passwords and five minutes (those of the app and those of version 2 of the API are counted apart).
UNKNOWN: the texts of the messages and their sender, the checks of eKYC and its tries, length of passwords, tries of the code
and whether another is sent, how long an order waits, whether a refused file is updated (here as MISA has it) or begun anew,
terms and names of the packages, to which package a promotion without a term applies, how a portal's visitor is told from
another (here: the portal is named at registration), from when the 48 hours to serve run (here: from the registration to the
minutes, the citizen's own time with them; `enrolment_served` in the journal says whether it was later), whether who suspended a
certificate may renew it (field `renewal_while_suspended`) and whether suspension and revocation mean every certificate that may
still sign (here they do), whether a renewal keeps the key (here it does), whether the minutes of a business account name two
certificates (here one: MST and CCCD in one subject).
DESIGN: prices; an organisation's enrolment by the same acts (the real one is served at a counter, the app serves persons); an
appraisal that nobody decides by the control side is an approval after a day. POST /control/citizens {"not_enrolled": ["vnpt"]}
makes somebody who can enrol; POST /control/expire with ref vnpt/<personal id> ends the 48 hours of the code, or makes the
appraisal due; with an order's id it ends that order.

Not simulated: the card's chip and VNeID, the sale at a counter, real money (an order is settled on a page of this family),
which system the smartphone has (Android 5.0 or iOS 11.0 and above are asked for), whether a CMND still serves (people of this
world have the 12 digits of a CCCD; the representative of an organisation may be named by 9), PDF: contract and minutes are
texts whose SHA-256 the subscriber's key signs, kept with the value; change of telephone, of device, of password; a revoked
subscriber's second enrolment.
"""

from __future__ import annotations

from datetime import date

from simulators.ca.enrolment.offers import Package, Promotion
from simulators.ca.enrolment.spec import EnrolmentSpec

BINH_DUONG = "binhduong"
NATIONAL = "national"

PROVIDER = EnrolmentSpec(
    id="vnpt-enrolment",
    name="Ứng dụng VNPT SmartCA",
    source="Hướng dẫn đăng ký và kích hoạt chứng thư số trên app VNPT SmartCA; chính sách tại Bình Dương (2022), Quận 10 (2024)",
    ca="vnpt",
    packages=(
        Package("unlimited-12", "Gói Không giới hạn lượt ký", 12, 400_000),
        Package("unlimited-36", "Gói Không giới hạn lượt ký", 36, 990_000),
        Package("per-signature-12", "Gói Chứng thư số theo lượt ký", 12, 50_000, per_signature=True),
    ),
    turn_packs={"5": 10_000, "20": 35_000, "100": 150_000},
    promotions=(
        Promotion(
            id="binhduong-2022-01",
            source="Trải nghiệm miễn phí khi ký số trên cổng tỉnh Bình Dương; giảm 10% khi gia hạn chu kỳ đầu tiên",
            first=date(2022, 1, 1),
            last=date(2022, 1, 31),
            channel=BINH_DUONG,
            percent_off=100,
            renewal_percent_off=10,
        ),
        Promotion(
            id="binhduong-2022-02",
            source="Tặng thêm 3 tháng khi đăng ký dịch vụ để dùng trên cổng tỉnh Bình Dương",
            first=date(2022, 2, 1),
            last=date(2022, 12, 31),
            channel=BINH_DUONG,
            months_more=3,
        ),
        Promotion(
            id="quan10-2024-06",
            source="Miễn phí 12 tháng cho người dân Quận 10, khi nộp hồ sơ trên Cổng dịch vụ công Quốc gia",
            first=date(2024, 6, 4),
            last=date(2024, 6, 14),
            kinds=("person",),
            place="Quận 10",
            channel=NATIONAL,
            months=12,
            percent_off=100,
        ),
    ),
)
