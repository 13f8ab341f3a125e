"""Which addresses may be talked to."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.work.addresses import nothing_refused, why_refused


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",  # shared by a provider's customers
        "100.100.100.200",  # metadata
        "169.254.169.254",  # metadata
        "192.0.0.192",  # metadata
        "168.63.129.16",  # metadata
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:0a00:0001::",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",  # metadata
        "ff02::1",
        "2001:db8::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "not an address",
        "",
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert why_refused(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_allowed(address: str) -> None:
    assert not why_refused(address)


@given(st.ip_addresses(v=4))
def test_writing_an_address_as_ipv6_changes_nothing(address: ipaddress.IPv4Address) -> None:
    plain = bool(why_refused(str(address)))
    assert bool(why_refused(f"::ffff:{address}")) == plain
    assert bool(why_refused(str(ipaddress.IPv6Address((0x64FF9B << 96) | int(address))))) == plain


@given(
    st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="fc00::/7") | st.ip_addresses(network="ff00::/8")
)
def test_no_address_of_a_private_network_is_allowed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert why_refused(str(address))


def test_the_operator_may_allow_all() -> None:
    assert not nothing_refused("127.0.0.1")
