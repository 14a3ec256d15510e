//! Which addresses may be asked on behalf of the config: public ones. Whatever only this machine, its network or its cloud can
//! reach may not, or a feed's address, or a redirect of its server, would read what nobody else may read: the credentials at
//! 169.254.169.254 above all.
//!
//! Judged by the registries of special addresses
//! ([IPv4](https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml),
//! [IPv6](https://www.iana.org/assignments/iana-ipv6-special-registry/iana-ipv6-special-registry.xhtml)). No I/O may enter.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::FetchError;

/// How far somebody reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses, as in a deployment.
    Public,
    /// Also this machine, as on a laptop, whose tests have servers of their own.
    Loopback,
}

/// The parts of IPv4 that are not public: network and length of its prefix.
const NOT_PUBLIC: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),       // this network
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // behind a carrier's NAT
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local, with the metadata of clouds
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 31, 196, 0], 24), // AS112
    ([192, 88, 99, 0], 24),  // relays of 6to4
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),   // benchmarks
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 4),     // multicast
    ([240, 0, 0, 0], 4),     // reserved, and broadcast
];

impl Reach {
    /// Whether this address may be connected to.
    pub fn holds(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let public = match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        };
        public || (self == Reach::Loopback && address.is_loopback())
    }

    /// Whether this may be asked as far as can be told from itself; what its name leads to is judged when it is resolved.
    ///
    /// # Errors
    /// Why not.
    pub fn judge(self, url: &Url) -> Result<(), FetchError> {
        let refused = |why: &str| Err(FetchError(why.to_owned()));
        if !matches!(url.scheme(), "http" | "https") {
            return refused("only http and https addresses are read");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refused("an address with a name or password in it is not read");
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return refused("an address without a host is not read"),
        };
        if self.holds(literal) { Ok(()) } else { refused(NOT_OURS_TO_ASK) }
    }
}

/// What is said of an address that is not public.
pub(super) const NOT_OURS_TO_ASK: &str = "its host is no public address";

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC.iter().any(|(network, length)| {
        let mask = u32::MAX << (32 - length);
        address.to_bits() & mask == Ipv4Addr::from(*network).to_bits()
    })
}

/// Global unicast is 2000::/3, and of that not what is assigned to protocols, documentation and tests. What embeds an IPv4
/// address leads there.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // NAT64, by which networks without IPv4 reach it.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        // 6to4.
        [0x2002, high, low, ..] => embedded(high, low),
        // Protocol assignments: Teredo, benchmarks, ORCHID and others.
        [0x2001, 0..=0x01ff, ..] => false,
        // Documentation.
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_may_be_asked_and_no_others() {
        let public = [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:4860:4860::8888",
            "2a00:1450:4001:80b::200e",
            "2400:cb00:2048:1::c629:d7a2",
            "3ffe::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ];
        let others = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.0.1",
            "169.254.169.254",
            "169.254.170.2",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::2",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::808:808",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a00:1::1",
            "2002:a9fe:a9fe::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for (addresses, may) in [(&public[..], true), (&others[..], false)] {
            for address in addresses {
                assert_eq!(Reach::Public.holds(address.parse().unwrap()), may, "{address}");
            }
        }
        for address in others {
            let own = ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"].contains(&address);
            assert_eq!(Reach::Loopback.holds(address.parse().unwrap()), own, "{address} on a laptop");
        }
    }

    #[test]
    fn an_address_is_judged_however_it_is_written() {
        let table = [
            ("https://status.example/feed", Ok(())),
            ("http://status.example:8080/feed", Ok(())),
            ("https://8.8.8.8/", Ok(())),
            ("https://[2606:4700:4700::1111]:8443/", Ok(())),
            // A name is judged by what it leads to.
            ("http://localhost/", Ok(())),
            ("http://127.0.0.1/", Err(NOT_OURS_TO_ASK)),
            ("http://127.1/", Err(NOT_OURS_TO_ASK)),
            ("http://127.0.0.1./", Err(NOT_OURS_TO_ASK)),
            ("http://2130706433/", Err(NOT_OURS_TO_ASK)),
            ("http://0x7f000001/", Err(NOT_OURS_TO_ASK)),
            ("http://0177.0.0.1/", Err(NOT_OURS_TO_ASK)),
            ("http://①②⑦.0.0.1/", Err(NOT_OURS_TO_ASK)),
            ("http://169.254.169.254/latest/meta-data/", Err(NOT_OURS_TO_ASK)),
            ("http://[fd00:ec2::254]/", Err(NOT_OURS_TO_ASK)),
            ("http://[::ffff:a9fe:a9fe]/", Err(NOT_OURS_TO_ASK)),
            ("http://[::1]:9000/", Err(NOT_OURS_TO_ASK)),
            ("http://0/", Err(NOT_OURS_TO_ASK)),
            (
                "https://me:secret@status.example/",
                Err("an address with a name or password in it is not read"),
            ),
            ("https://me@status.example/", Err("an address with a name or password in it is not read")),
            ("file:///etc/passwd", Err("only http and https addresses are read")),
            ("ftp://status.example/", Err("only http and https addresses are read")),
            ("gopher://status.example/", Err("only http and https addresses are read")),
        ];
        for (url, expected) in table {
            let judged = Reach::Public.judge(&url.parse().unwrap());
            assert_eq!(judged.map_err(|error| error.0), expected.map_err(str::to_owned), "{url}");
        }
    }
}
