"""Addresses, and ways to write them, that a server may or may not be sent to.

IANA's special-purpose registries as of 2025-10; the clouds' metadata addresses; the forms in
which IPv6 carries an IPv4 address; the spellings that a system's resolver takes for loopback.
"""

from __future__ import annotations

from typing import Final

PUBLIC: Final = (
    "1.1.1.1",
    "8.8.8.8",
    "34.117.59.81",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.255.255",
    "223.255.255.254",
    "2606:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450::1",
    "3ffe::1",
)
CLOSED: Final = (
    # This host, private, shared, link-local.
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
    "127.0.0.1", "127.255.255.254", "169.254.0.1", "169.254.169.254", "169.254.170.2",
    "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255",
    # Special purposes.
    "192.0.0.1", "192.0.0.8", "192.0.0.9", "192.0.0.10", "192.0.0.170", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    # IPv6 of its own.
    "::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fd00::1", "fd00:ec2::254",
    "ff02::1", "ff0e::1", "100::1", "2001:db8::1", "3fff::1", "3fff:fff::1", "5f00::1",
    "2001:2::1", "2001:10::1", "2001:20::1", "4000::1", "e000::1",
    # IPv6 that carries an IPv4 address: mapped, compatible, translated, NAT64, 6to4, Teredo.
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::ffff:8.8.8.8",
    "::127.0.0.1", "::169.254.169.254", "::8.8.8.8", "::ffff:0:127.0.0.1",
    "::ffff:0:169.254.169.254", "64:ff9b::169.254.169.254", "64:ff9b::8.8.8.8",
    "64:ff9b:1::169.254.169.254", "64:ff9b:1:abcd::1", "2002:a9fe:a9fe::", "2002:7f00:1::",
    "2002:808:808::1", "2001:0:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
)  # fmt: skip
NEVER: Final = (
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.255.255",
    "fd00:ec2::254",
    "::ffff:169.254.169.254",
    "::169.254.169.254",
    "::ffff:0:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::169.254.169.254",
    "2002:a9fe:a9fe::",
    "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::1",
    "2001:0:808:808::5601:5601",
    # The local NAT64 range under prefixes of 48, 56 and 64 bits; ISATAP, local and global.
    "64:ff9b:1:a9fe:a9:fe00::",
    "64:ff9b:1:a9:fe:a9fe::",
    "64:ff9b:1:0:a9:fea9:fe00:0",
    "2606:4700::5efe:a9fe:a9fe",
    "2606:4700::200:5efe:a9fe:a9fe",
)
"""Closed even where the operator opens everything."""

LOOPBACK_SPELLINGS: Final = (
    "127.0.0.1", "127.1", "127.0.1", "127.0.0.1.", "0x7f.1", "0x7F.0.0.1", "0x7f000001",
    "017700000001", "2130706433", "0", "0.0.0.0", "127.255.255.254",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
)  # fmt: skip
"""Hosts of a URL that lead to this machine, as addresses."""
LOOPBACK_NAMES: Final = (
    "localhost", "LOCALHOST", "localhost.", "ip6-localhost", "llm.test", "127.0.0.1.nip.io",
    "metadata.google.internal", "169.254.169.254.sslip.io", "xn--n3h.test", "ñandú.test",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460", "127\u30020\u30020\u30021",
    "\uff11\uff12\uff17.0.0.1",
)  # fmt: skip
"""Hosts of a URL that are no addresses; a resolver may say anything about them."""
ODD_URLS: Final = (
    "ftp://llm.test/v1", "file:///etc/passwd", "gopher://llm.test:70/1", "unix:///run/x.sock",
    "http+unix://%2Frun%2Fx.sock/v1", "dict://llm.test:11211/stat", "ldap://llm.test/x",
    "data:text/plain,hi", "javascript:alert(1)", "ws://llm.test/v1", "llm.test/v1",
    "//llm.test/v1", "", " ", "http://", "http:///v1", "https://:443/v1",
    "http://llm.test:99999/v1", "http://llm.test:x/v1", "http://llm.test:-1/v1",
    "http://[::1/v1", "http://[::1%25lo]:80/v1", "http://[fe80::1%25lo]:80/v1",
    "http://[fe80::1%lo]/v1", "http://a b/v1", "http://llm.test\r\nX: y/v1",
    "http://llm.test%0d%0aX:y/v1", "http://llm.test\x00.example/v1",
    "http://" + "a" * 70_000 + "/v1",
    "http://user:pass@127.0.0.1:80/v1", "http://llm.test@127.0.0.1/v1",
    "http://127.0.0.1:80#@llm.test/v1", "http://127.0.0.1\\@llm.test/v1",
    "http://llm.test:80@127.0.0.1/v1", "https://127.0.0.1/v1?x=https://llm.test",
    "http://0177.0.0.1/v1", "http:127.0.0.1/v1", "http:\\\\127.0.0.1\\v1",
)  # fmt: skip
"""Whole URLs that must get no line: other schemes, ports, userinfo, zones, control characters."""
