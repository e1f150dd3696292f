//! Where does an address or a prefix stand among others?

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address with a mask length, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    address: IpAddr,
    length: u8,
}

impl Prefix {
    /// Reads `10.0.0.1/24` or `2001:db8::1/64`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        Self::of(address.parse().ok()?, length.parse().ok()?)
    }

    /// Returns an address with a mask length; none for a length that its family does not have.
    pub(super) fn of(address: IpAddr, length: u8) -> Option<Self> {
        let most = if address.is_ipv4() { 32 } else { 128 };
        (length <= most).then_some(Self { address, length })
    }

    /// Returns the same with the host bits cleared.
    pub(super) fn masked(self) -> Self {
        let address = match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX
                    .checked_shl(32 - u32::from(self.length))
                    .unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.length))
                    .unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
            }
        };
        Self { address, ..self }
    }

    /// Returns the network of so many bits that its address is in, where its mask is at least as long.
    pub(super) fn within(self, length: u8) -> Self {
        let length = length.min(self.length);
        Self { length, ..self }.masked()
    }

    /// Returns the mask length.
    pub(super) fn length(self) -> u8 {
        self.length
    }

    /// Returns the address.
    pub(super) fn address(self) -> IpAddr {
        self.address
    }

    /// Says whether its address may be one of a host: the first and the last one of a network of IPv4 are not (RFC 1122, 3.2.1.3;
    /// RFC 3021 for a network of two).
    pub(super) fn is_of_host(self) -> bool {
        let IpAddr::V4(address) = self.address else {
            return true;
        };
        let ones = u32::MAX.checked_shr(u32::from(self.length)).unwrap_or(0);
        let host = address.to_bits() & ones;
        self.length > 30 || (host != 0 && host != ones)
    }

    /// Returns the address as a number.
    pub(super) fn number(self) -> u128 {
        number(self.address)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

/// Says whether the text is an IP address.
pub(super) fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// Returns an address as a number.
pub(super) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_bits_are_cleared_up_to_the_mask() {
        for (typed, shown) in [
            ("198.51.102.7/24", "198.51.102.0/24"),
            ("10.0.0.1/0", "0.0.0.0/0"),
            ("10.0.0.1/32", "10.0.0.1/32"),
            ("2001:db8::1/32", "2001:db8::/32"),
        ] {
            assert_eq!(Prefix::parse(typed).unwrap().masked().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_prefix_is_none() {
        for text in ["10.0.0.1", "10.0.0.300/24", "10.0.0.0/33", "x/8", ""] {
            assert_eq!(Prefix::parse(text), None, "{text}");
        }
    }
}
