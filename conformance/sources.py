"""Every document that a requirement rests on, cited once; `.at("…")` names the place in it."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["law", "protocol", "provider", "safety", "guide"]

KINDS_VI: dict[Kind, str] = {
    "law": "văn bản pháp luật",
    "protocol": "chuẩn giao thức",
    "provider": "tài liệu của nhà cung cấp",
    "safety": "chuẩn an toàn",
    "guide": "hướng dẫn công khai của cổng",
}


@dataclass(frozen=True)
class Basis:
    """A place in a document; `note` says what the reader should know of it (in force, derived, quoted by others)."""

    source: "Source"
    place: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.source.name}, {self.place}" + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True)
class Source:
    id: str
    kind: Kind
    name: str
    title: str
    note: str = ""

    def at(self, place: str, note: str = "") -> Basis:
        return Basis(self, place, note)


# Law
ND61 = Source(
    "ND61",
    "law",
    "Nghị định 61/2018/NĐ-CP",
    "Thực hiện cơ chế một cửa, một cửa liên thông trong giải quyết thủ tục hành chính",
    "Replaced by NĐ 118/2025/NĐ-CP from 01/07/2025; the mechanics that installed portals follow.",
)
ND118 = Source("ND118", "law", "Nghị định 118/2025/NĐ-CP", "Cơ chế một cửa, một cửa liên thông (thay NĐ 61/2018)")
ND224 = Source("ND224", "law", "Nghị định 224/2026/NĐ-CP", "Dịch vụ hành chính công trên môi trường điện tử")
TT01 = Source("TT01", "law", "Thông tư 01/2018/TT-VPCP", "Hướng dẫn một số quy định của Nghị định 61/2018/NĐ-CP")
TT03 = Source("TT03", "law", "Thông tư 03/2025/TT-VPCP", "Biểu mẫu và mã số trong giải quyết thủ tục hành chính")
TT22 = Source(
    "TT22",
    "law",
    "Thông tư 22/2019/TT-BTTTT",
    "Tiêu chí chức năng, tính năng kỹ thuật của Cổng dịch vụ công và Hệ thống thông tin một cửa điện tử",
    "Later replaced by TT 21/2023/TT-BTTTT; its annexes were not read.",
)
TT32 = Source(
    "TT32", "law", "Thông tư 32/2017/TT-BTTTT", "Cung cấp dịch vụ công trực tuyến", "Historic levels 3 and 4."
)
ND45 = Source("ND45", "law", "Nghị định 45/2020/NĐ-CP", "Thực hiện thủ tục hành chính trên môi trường điện tử")
ND23 = Source("ND23", "law", "Nghị định 23/2025/NĐ-CP", "Chữ ký điện tử và dịch vụ tin cậy")
LAW_20 = Source("LAW_20", "law", "Luật 20/2023/QH15", "Luật Giao dịch điện tử")
LAW_91 = Source("LAW_91", "law", "Luật 91/2025/QH15", "Luật Bảo vệ dữ liệu cá nhân")
QC29 = Source("QC29", "law", "Quyết định 29/2026/QĐ-TTg", "Quy chế Cổng Dịch vụ công quốc gia")
SIGNING_SOFTWARE = Source(
    "SIGNING_SOFTWARE",
    "law",
    "Thông tư BKHCN 2025 về phần mềm ký số",
    "Yêu cầu với phần mềm ký số, phần mềm kiểm tra chữ ký số",
    "Read as a draft: content confirmed as drafted, article numbers to be checked.",
)

# Protocols
OIDC = Source("OIDC", "protocol", "OpenID Connect Core 1.0", "OpenID Connect Core 1.0 incorporating errata set 2")
RFC6749 = Source("RFC6749", "protocol", "RFC 6749", "The OAuth 2.0 Authorization Framework")
RFC7636 = Source("RFC7636", "protocol", "RFC 7636", "Proof Key for Code Exchange")
RFC9700 = Source("RFC9700", "protocol", "RFC 9700", "Best Current Practice for OAuth 2.0 Security")
RFC7515 = Source("RFC7515", "protocol", "RFC 7515", "JSON Web Signature")
RFC6125 = Source("RFC6125", "protocol", "RFC 6125", "Service identity within TLS: whose certificate it is")
RFC7519 = Source("RFC7519", "protocol", "RFC 7519", "JSON Web Token")
RFC6265 = Source("RFC6265", "protocol", "RFC 6265bis", "Cookies: HTTP State Management Mechanism")
RFC9110 = Source("RFC9110", "protocol", "RFC 9110", "HTTP Semantics")
RFC5280 = Source("RFC5280", "protocol", "RFC 5280", "X.509 Certificates and Certificate Revocation Lists")
RFC5652 = Source("RFC5652", "protocol", "RFC 5652", "Cryptographic Message Syntax")
RFC6960 = Source("RFC6960", "protocol", "RFC 6960", "Online Certificate Status Protocol")
PADES = Source("PADES", "protocol", "ETSI EN 319 142-1", "PAdES digital signatures")
ISO32000 = Source("ISO32000", "protocol", "ISO 32000", "Portable document format: digital signatures")

# Providers
QD769 = Source(
    "QD769", "provider", "Quyết định 769/QĐ-BTTTT (2022)", "Giao diện kết nối CA: certificates, sign, status"
)
VNPT_SMARTCA = Source("VNPT_SMARTCA", "provider", "VNPT SmartCA 4.x", "Tài liệu tích hợp VNPT SMARTCA")
NEAC_HUB = Source("NEAC_HUB", "provider", "eSign (NEAC)", "Cổng kết nối dịch vụ chứng thực chữ ký số công cộng")
VNPAY_PAY = Source("VNPAY_PAY", "provider", "VNPAY PAY 2.1.0", "Tài liệu kết nối cổng thanh toán PAY")
VNPAY_QUERY = Source("VNPAY_QUERY", "provider", "VNPAY querydr & refund", "Tài liệu truy vấn và hoàn tiền")
VNPAY_SIT = Source("VNPAY_SIT", "provider", "VNPAY SIT", "Biên bản kiểm thử tích hợp VNPAYGW-SIT")
WSO2 = Source("WSO2", "provider", "WSO2 Identity Server", "OAuth2 and OpenID Connect of the national login's product")
DVCQG = Source("DVCQG", "provider", "Tài liệu đăng nhập một lần DVCQG", "Tích hợp đăng nhập Cổng Dịch vụ công quốc gia")

# Safety
ASVS = Source("ASVS", "safety", "OWASP ASVS 5.0", "Application Security Verification Standard")
CWE = Source("CWE", "safety", "CWE", "Common Weakness Enumeration")

# Guides of portals
GUIDE_BINH_PHUOC = Source(
    "GUIDE_BINH_PHUOC", "guide", "Hướng dẫn DVC Bình Phước", "Nộp hồ sơ và ký số bằng eSign (NEAC)"
)
GUIDE_KBNN = Source("GUIDE_KBNN", "guide", "Hướng dẫn DVC Kho bạc Nhà nước", "Đăng ký sử dụng dịch vụ công trực tuyến")
