//! Which neighbours does a device see, given what all of them are configured to do?

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::device::Device;

/// A cable between two interfaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    /// One device and its interface.
    pub from: (String, String),
    /// The other device and its interface.
    pub to: (String, String),
    /// The addresses of the two ends, with mask length.
    pub addresses: (String, String),
}

/// One end of a link, as its device sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct End<'a> {
    pub(super) device: &'a str,
    pub(super) interface: &'a str,
    link: &'a Link,
    first: bool,
}

impl Link {
    pub(super) fn ends(&self) -> [End<'_>; 2] {
        [(&self.from, true), (&self.to, false)].map(|((device, interface), first)| End {
            device,
            interface,
            link: self,
            first,
        })
    }
}

impl End<'_> {
    pub(super) fn address(&self) -> String {
        let (from, to) = &self.link.addresses;
        if self.first { from } else { to }.clone()
    }

    pub(super) fn peer(&self) -> String {
        let (device, interface) = if self.first {
            &self.link.to
        } else {
            &self.link.from
        };
        format!("{device} {interface}")
    }

    /// A network of more than two addresses has a designated router.
    pub(super) fn is_shared(&self) -> bool {
        !self.link.addresses.0.ends_with("/31")
    }
}

/// The cables, and since when both of their ends agree.
#[derive(Debug, Default)]
pub(super) struct Fabric {
    pub(super) links: Vec<Link>,
    pub(super) delay: Duration,
    since: Mutex<HashMap<Link, Instant>>,
}

impl Fabric {
    pub(super) fn new(links: Vec<Link>, delay: Duration) -> Self {
        let long_ago = Instant::now()
            .checked_sub(delay)
            .unwrap_or_else(Instant::now);
        let since = links.iter().map(|link| (link.clone(), long_ago)).collect();
        Self {
            links,
            delay,
            since: Mutex::new(since),
        }
    }

    /// Looks at the ends of all links of a device again.
    pub(super) fn observe(&self, name: &str, devices: &BTreeMap<String, Arc<Device>>) {
        for link in self
            .links
            .iter()
            .filter(|link| link.from.0 == name || link.to.0 == name)
        {
            let up = agrees(link, devices);
            let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
            match up {
                true => drop(since.entry(link.clone()).or_insert_with(Instant::now)),
                false => drop(since.remove(link)),
            }
        }
    }

    /// Prints `show ip ospf neighbor` (columns recorded, FRR 8.4.4).
    pub(super) fn neighbors(&self, name: &str, devices: &BTreeMap<String, Arc<Device>>) -> String {
        self.observe(name, devices);
        let mut out = "\nNeighbor ID     Pri State           Up Time         Dead Time Address         Interface                        RXmtL RqstL DBsmL\n".to_owned();
        for link in &self.links {
            let [one, other] = link.ends();
            for (own, peer) in [(one, other), (other, one)]
                .into_iter()
                .filter(|(own, _)| own.device == name)
            {
                self.neighbor(&mut out, (own, peer), devices);
            }
        }
        out
    }

    fn neighbor(
        &self,
        out: &mut String,
        (own, peer): (End<'_>, End<'_>),
        devices: &BTreeMap<String, Arc<Device>>,
    ) {
        let since = self
            .since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(own.link)
            .copied();
        let (Some(since), Some(device)) = (since, devices.get(peer.device)) else {
            return;
        };
        let up = since.elapsed();
        let role = match (own.is_shared(), own.first) {
            (false, _) => "-",
            (true, true) => "DR",
            (true, false) => "Backup",
        };
        let state = if up >= self.delay {
            format!("Full/{role}")
        } else {
            format!("Init/{role}")
        };
        let id = setting(&device.state().running(), "router ospf", "ospf router-id")
            .unwrap_or_else(|| "0.0.0.0".to_owned());
        let bare = |end: End<'_>| {
            end.address()
                .split('/')
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        let place = format!("{}:{}", own.interface, bare(own));
        let _ = writeln!(
            out,
            "{id:<15} {:>3} {state:<15} {:<15} {:>9} {:<15} {place:<32} {:>5} {:>5} {:>5}",
            1,
            format!("{:.3}s", up.as_secs_f32()),
            "7.000s",
            bare(peer),
            0,
            0,
            0
        );
    }
}

fn agrees(link: &Link, devices: &BTreeMap<String, Arc<Device>>) -> bool {
    let speaks = |end: &End<'_>| {
        let running = devices.get(end.device)?.state().running();
        speaks(&running, end)
    };
    let [one, other] = link.ends();
    matches!((speaks(&one), speaks(&other)), (Some(one), Some(other)) if one == other)
}

/// Returns what both ends must agree on; none when the interface does not speak OSPF.
fn speaks(running: &str, end: &End<'_>) -> Option<[String; 3]> {
    let section = format!("interface {}", end.interface);
    let lines: Vec<&str> = section_lines(running, &section).collect();
    let has = |line: &str| lines.contains(&line);
    let addressed = has(&format!("ip address {}", end.address()));
    if !addressed || has("shutdown") || has("ip ospf passive") || !covered(running, &end.address())
    {
        return None;
    }
    let own = |name: &str, default: &str| {
        setting(running, &section, name).unwrap_or_else(|| default.to_owned())
    };
    Some([
        own("ip ospf hello-interval", "10"),
        own("ip ospf dead-interval", "40"),
        own("ip ospf network", "broadcast"),
    ])
}

/// Says whether a `network` line covers the address.
fn covered(running: &str, address: &str) -> bool {
    let bits = |text: &str| {
        text.split('/')
            .next()?
            .parse::<std::net::Ipv4Addr>()
            .ok()
            .map(std::net::Ipv4Addr::to_bits)
    };
    section_lines(running, "router ospf")
        .filter_map(|line| line.strip_prefix("network ")?.split(' ').next())
        .any(|network| {
            let length: u32 = network.rsplit('/').next().and_then(|length| length.parse().ok()).unwrap_or(32);
            let mask = u32::MAX.checked_shl(32 - length.min(32)).unwrap_or(0);
            matches!((bits(network), bits(address)), (Some(network), Some(address)) if network & mask == address & mask)
        })
}

fn setting(running: &str, section: &str, name: &str) -> Option<String> {
    section_lines(running, section)
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .map(str::to_owned)
}

/// Returns the lines of a section, without their indentation.
pub(super) fn section_lines<'a>(
    running: &'a str,
    section: &'a str,
) -> impl Iterator<Item = &'a str> {
    running
        .lines()
        .skip_while(move |line| *line != section)
        .skip(1)
        .take_while(|line| line.starts_with(' '))
        .map(str::trim)
}
