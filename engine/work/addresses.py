"""Which network addresses a goal may make Milepost talk to.

A goal's text comes from a chat. Without this, «check http://169.254.169.254/» would read a cloud machine's keys, and
«check http://router.local/» would look around in the operator's network.
"""

import ipaddress
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # set aside for protocols; one cloud keeps its metadata at 192.0.0.192
        "192.88.99.0/24",  # the retired 6to4 relays
        "168.63.129.16/32",  # a public address, yet the metadata server of one cloud
        "64:ff9b:1::/48",  # NAT64 of a local network
        "fec0::/10",  # the former site-local addresses
        "5f00::/16",  # segment routing inside a network
    )
)


def why_refused(written: str) -> str:
    """Why an address, such as `10.0.0.1` or `fe80::1%eth0`, must not be talked to; empty when it is public."""
    try:
        address = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return "it is no address"
    for inner in _faces(address):
        reason = _why_not_public(inner)
        if reason:
            return reason
    return ""


def nothing_refused(written: str) -> str:
    """In place of `why_refused` where the operator allows private addresses."""
    return ""


def _faces(address: Address) -> tuple[Address, ...]:
    """The address, or the IPv4 addresses inside it when it is a way to write or to reach those."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF),)
    if address.sixtofour is not None:
        return (address, address.sixtofour)
    if address.teredo is not None:
        return (address, *address.teredo)
    return (address,)


def _why_not_public(address: Address) -> str:
    kinds = (
        (address.is_unspecified, "it is the unspecified address"),
        (address.is_loopback, "it is this machine itself"),
        (address.is_link_local, "it is link-local"),
        (address.is_multicast, "it is a multicast address"),
        (address.is_private, "it is private"),
        (address.is_reserved, "it is reserved"),
        (any(address in network for network in _NOT_PUBLIC), "it is set aside"),
        (not address.is_global, "it is not public"),
    )
    return next((reason for holds, reason in kinds if holds), "")
