"""Which addresses a feed may be fetched from."""

from __future__ import annotations

import pytest

from regulars.platform.intake.rules.addresses import is_public, refusal, shown


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2001:0:7f00:1:0:0:f5ff:fffe",
    ],
)  # fmt: skip
def test_addresses_inside_somebodys_network_are_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_addresses_of_the_open_internet_are_public(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://shop.example.com/a.csv", "no_https"), ("file:///etc/passwd", "no_https"), ("gopher://x", "no_https"),
        ("", "no_https"), ("https://", "no_host"), ("https://[::1", "no_host"), ("https://shop:99999/a", "no_host"),
        ("https://shop.example.com:6379/", "port"), ("https://10.0.0.1/a.csv", "inside"), ("https://[::1]/a.csv", "inside"),
        ("https://[::ffff:127.0.0.1]/a.csv", "inside"), ("https://shop.example.com/a.csv", None),
        ("https://8.8.8.8:8443/a.csv", None),
    ],
)  # fmt: skip
def test_an_address_is_refused_by_its_form(url: str, reason: str | None) -> None:
    assert refusal(url) == reason


def test_secrets_in_an_address_are_not_shown() -> None:
    assert (
        shown("https://ann:pw@shop.example.com:8443/a.csv?key=1") == "https://shop.example.com:8443/a.csv?…"
    )
