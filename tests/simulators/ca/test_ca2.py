"""CA2 RS: its paths, its pending code, its several names for one list, status with credentials."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from cryptography import x509

from tests.places import Running, made
from tests.simulators.ca.callers import Ca2, Vnpt

ARRAYS = {"signatures", "sign_files", "signed_files"}
VALUES = {"signature_value", "signature"}


def test_pending_is_a_code_and_the_list_has_one_of_three_names(lab: Running) -> None:
    async def story() -> None:
        caller = await Ca2.at(lab.place, "ca2")
        arrays, values, rootless = set(), set(), set()
        for number in range(24):
            citizen = await lab.place.citizen(shared_keys=True)
            pending = await caller.sign(citizen.id, f"ca2-{number}")
            assert (pending.status_code, pending.json()["status_code"]) == (200, 1001)
            assert (await caller.status(f"ca2-{number}")).json()["status_code"] == 1001
            await lab.place.approve(citizen)
            data: dict[str, Any] = (await caller.status(f"ca2-{number}")).json()["data"]
            (array,) = ARRAYS & set(data)
            ((row),) = data[array]
            arrays.add(array)
            values |= VALUES & set(row)
            (listed,) = (await caller.list(citizen.id)).json()["data"]["user_certificates"]
            rootless.add(listed["chain_data"]["root_cert"] is None)
        assert (arrays, values, rootless) == (ARRAYS, VALUES, {True, False})

    lab.run(story())


def test_the_same_person_has_a_certificate_at_each_ca(lab: Running) -> None:
    async def story() -> None:
        vnpt, ca2 = await Vnpt.at(lab.place, "vnpt"), await Ca2.at(lab.place, "ca2")
        citizen = await lab.place.citizen()
        (one,) = (await vnpt.list(citizen.id)).json()["data"]["user_certificates"]
        (other,) = (await ca2.list(citizen.id)).json()["data"]["user_certificates"]
        assert one["serial_number"] != other["serial_number"]
        assert {"cert_id", "cert_data", "chain_data", "serial_number"} <= set(other)
        assert not {"cert_subject", "cert_status_code"} & set(other)

    lab.run(story())


def test_nothing_found_is_a_text(lab: Running) -> None:
    async def story() -> None:
        caller = await Ca2.at(lab.place, "ca2")
        reply = (await caller.list("001099000000")).json()
        assert (reply["message"], reply["data"]["user_certificates"]) == ("Không có dữ liệu trong hệ thống", [])

    lab.run(story())


def test_status_belongs_to_the_caller(lab: Running) -> None:
    async def story() -> None:
        one, other = await Ca2.at(lab.place, "ca2"), await Ca2.at(lab.place, "ca2")
        citizen = await lab.place.citizen()
        await one.sign(citizen.id, "mine-1")
        assert (await other.status("mine-1")).json()["status_code"] == 404
        assert (await one.status("mine-1")).json()["status_code"] == 1001

    lab.run(story())


def test_refusal_is_a_text(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Ca2.at(lab.place, "ca2"), await lab.place.citizen()
        await caller.sign(citizen.id, "ca2-refused")
        (prompt,) = await lab.place.prompts(citizen)
        await lab.place.answer(prompt, "refuse")
        reply = await caller.status("ca2-refused")
        assert (reply.status_code, reply.json()["status_code"], reply.json()["message"]) == (
            200,
            400,
            "Người dùng từ chối ký",
        )

    lab.run(story())


def test_the_microsoft_extensions_are_a_field_of_the_spec() -> None:
    async def story() -> None:
        for wanted in (True, False):
            async with made("ca", overrides={"ca2": {"ms_extensions": wanted}}) as place:
                caller, citizen = await Ca2.at(place, "ca2"), await place.citizen()
                (row,) = (await caller.list(citizen.id)).json()["data"]["user_certificates"]
                certificate = x509.load_der_x509_certificate(base64.b64decode("".join(row["cert_data"].split())))
                critical = {one.oid.dotted_string for one in certificate.extensions if one.critical}
                assert ("1.3.6.1.4.1.311.21.10" in critical) is wanted

    asyncio.run(story())
