//! Does one routing table hear of an address, or of a network, by two interfaces?

use super::super::address::Prefix;
use super::super::interface::meet;
use super::super::shape;
use super::notation::Addressed;

/// The addresses of the interfaces of a device.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    all: Vec<Address>,
}

#[derive(Debug)]
struct Address {
    prefix: Prefix,
    how: Addressed,
    /// The interface.
    owner: String,
    /// The routing table.
    table: String,
}

impl Addresses {
    /// Notes an address of an interface.
    pub(super) fn note(&mut self, (prefix, how): (Prefix, Addressed), owner: &str, table: &str) {
        self.all.push(Address {
            prefix,
            how,
            owner: owner.to_owned(),
            table: table.to_owned(),
        });
    }

    /// Returns what a device complains of; some interfaces are in a table that another section names.
    pub(super) fn complaints(mut self, table_of: impl Fn(&str) -> Option<String>) -> Vec<String> {
        for address in &mut self.all {
            if let Some(table) = table_of(&address.owner) {
                address.table = table;
            }
        }
        // Those of one table and of near addresses stand together: what is compared is what can meet.
        self.all.sort_by(|one, other| {
            let key =
                |address: &Address| (address.prefix.masked().number(), address.prefix.length());
            (&one.table, key(one)).cmp(&(&other.table, key(other)))
        });
        let own = self.all.iter().filter_map(Address::is_no_host);
        let mut found: Vec<String> = own.collect();
        for (place, one) in self.all.iter().enumerate() {
            let near = self.all[place + 1..].iter();
            let near =
                near.take_while(|other| one.table == other.table && meet(one.prefix, other.prefix));
            found.extend(near.filter_map(|other| one.against(other)));
        }
        found
    }
}

impl Address {
    /// What no host has, nor one on a network; one of the host itself is that of a loopback.
    fn is_no_host(&self) -> Option<String> {
        let address = self.prefix.address();
        let is_own_loop = address.is_loopback() && self.owner.starts_with("lo");
        let is_one = self.prefix.is_of_host() && (is_own_loop || shape::is_host(address));
        (!is_one).then(|| format!("{} of {} is no address of a host", self.prefix, self.owner))
    }

    fn against(&self, other: &Self) -> Option<String> {
        let is_same = self.prefix.address() == other.prefix.address();
        let is_wrong = match self.how {
            Addressed::Alone => is_same,
            Addressed::Apart => true,
        };
        is_wrong.then(|| {
            let (one, other) = (&self.owner, &other.owner);
            format!("{} stands in {one} and in {other}", self.prefix)
        })
    }
}
