"""VNPT-CA Plugin: signing software on the citizen's computer, which a page reaches at wss://localhost:<port>/plugin.

CONFIRMED: the path, TLS; frames {functionID, funcCallback, args, domain} out and <result>*<callbackName> back; numbers and
names of functions; checkPlugin answers 1; signArrDataAdvanced takes [json, serial, clearPIN, showCertList]; GetCertInfo
has subjectCN, issuerCN, notAfter; results {code, data, error} with the codes 0 to 11; the licence is bound to the page's host.
LIKELY: setLicenseKey answers code 1. UNKNOWN: every text; the field `serial` of GetCertInfo and which of several tokens it
shows (here the first), how it writes an instant; the fields of an item (here data in base64 and type, cmsdetached or raw) and of
its result; the order of SignPDF's args (here the file in base64, then PdfSigner as JSON); what an unlicensed page is told; how
long a licence is remembered (here as long as somebody sits at the port); what getVersion says; whether several items ask for
one PIN (here they do).

Not simulated: which computer it is, which the protocol does not say: POST /control/plugins seats a citizen at a port of the
lab (DESIGN), and only a lab that speaks TLS can. SignOFFICE, chooseFile, SignPDFMultiplePages, certificate viewer, VerifyPdf,
scanning and file utilities, the look of a visible signature, timestamps of SignPDF, the list of certificates on the screen,
clearPIN, domainConfig.txt. The agents of the Government's CA (VGCA Sign Service) and of BKAV are left out whole.
"""

from __future__ import annotations

from simulators.tokens.spec import PluginSpec
from simulators.tokens.wires.plugin_words import WORDS

PROVIDER = PluginSpec(
    id="vnpt-plugin", name="VNPT-CA Plugin", source="vnpt-plugin.js 1.0.1.9, code of portals that use it", words=WORDS
)
