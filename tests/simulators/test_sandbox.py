"""The folder of a world: what a restart must find again is never half written."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulators.mounting import BadWorld
from simulators.sandbox import KEPT, Options, opened


def test_a_restart_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    with opened(Options(data=tmp_path, port=0), "seed"):
        before = (tmp_path / KEPT).stat()
    with opened(Options(data=tmp_path), "") as again:
        after = (tmp_path / KEPT).stat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        assert again.kept.seed == "seed"


def test_a_write_that_fails_midway_leaves_the_earlier_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(Options(data=tmp_path, port=0, key="first"), ""):
        pass
    whole = (tmp_path / KEPT).read_bytes()

    def cut(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:5])
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", cut)
        with pytest.raises(OSError, match="no space"), opened(Options(data=tmp_path, key="second"), ""):
            pass
    assert (tmp_path / KEPT).read_bytes() == whole
    with opened(Options(data=tmp_path, key="second"), "") as again:
        assert again.kept.key == "second"
    assert (tmp_path / KEPT).stat().st_mode & 0o077 == 0


def test_a_restart_binds_the_address_that_its_url_names(tmp_path: Path) -> None:
    with opened(Options(data=tmp_path, host="127.0.0.2", port=0), "") as first:
        url = first.kept.url
    with opened(Options(data=tmp_path), "") as again:
        assert again.kept.url == url
        assert again.web.getsockname()[0] == "127.0.0.2"


def test_a_restart_refuses_another_mail_port_for_contracts_name_the_first(tmp_path: Path) -> None:
    with opened(Options(data=tmp_path, port=0), "") as first:
        port = first.kept.smtp_port
    with (
        pytest.raises(BadWorld, match=f"made with smtp_port {port}"),
        opened(Options(data=tmp_path, smtp_port=0), ""),
    ):
        pass
    with opened(Options(data=tmp_path), "") as again:
        assert again.mail_server[1] == port
