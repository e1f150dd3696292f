//! What do the configurations look like that plans are measured on?
//!
//! An aggregation router in the style of Cisco IOS: interfaces for about 60 % of the lines, access lists, prefix lists, route
//! maps, VRFs, policy maps and one BGP process with many neighbours. Addresses are from private and documentation ranges,
//! and nothing is secret. Equal sizes and seeds make equal texts.

/// A running configuration and the one that is intended.
#[derive(Clone, Debug)]
pub struct Pair {
    /// What runs.
    pub running: String,
    /// What shall run.
    pub intended: String,
}

/// Writes a configuration of about so many lines and a second one with about `per_mille` of its lines changed: of those
/// three in five have another value, one is gone, one is new.
#[must_use]
pub fn pair(lines: usize, per_mille: u64, seed: u64) -> Pair {
    made(lines, seed, |block, random| {
        changed(block, per_mille, random)
    })
}

/// Writes a pair as [`pair`] does, whose changes nobody thought over: any line but the first of a section may go, get another number or a word that
/// it does not take. What a device refuses, and what stands on what is gone, is among it.
#[must_use]
pub fn rough_pair(lines: usize, per_mille: u64, seed: u64) -> Pair {
    made(lines, seed, |block, random| {
        roughly_changed(block, per_mille, random)
    })
}

fn made(lines: usize, seed: u64, change: impl Fn(&Block, &mut Random) -> Block) -> Pair {
    let mut random = Random(seed);
    let running = router(lines, &mut random);
    let intended: Vec<_> = running
        .iter()
        .map(|block| change(block, &mut random))
        .collect();
    Pair {
        running: render(&running),
        intended: render(&intended),
    }
}

/// Writes a pair that is meant to be slow, by name; none for an unknown one.
#[must_use]
pub fn pathological(name: &str, lines: usize) -> Option<Pair> {
    let one_section = |line: &dyn Fn(usize) -> String| {
        let inside: String = (0..lines)
            .map(|number| format!(" {}\n", line(number)))
            .collect();
        format!("hostname a\nip access-list extended A\n{inside}")
    };
    let sections = |note: &str| -> String {
        (0..lines / 2)
            .map(|number| format!("interface Loopback{number}\n description {note}\n"))
            .collect()
    };
    let entry =
        |number: usize| format!("permit ip host 10.0.{}.{} any", number / 256, number % 256);
    let numbered =
        |number: usize, port: usize| format!("{} permit tcp any any eq {port}", number + 1);
    let (running, intended) = match name {
        "equal" => (sections("a"), sections("a")),
        "different" => (sections("a"), sections("a").replace("Loopback", "Tunnel")),
        "values" => (sections("a"), sections("b")),
        "section" => (
            one_section(&|n| numbered(n, 1)),
            one_section(&|n| numbered(n, 2)),
        ),
        "moved" => (one_section(&entry), one_section(&|n| entry(lines - 1 - n))),
        "shuffled" => (
            one_section(&entry),
            one_section(&|n| entry(n * 7919 % lines)),
        ),
        "deep" => (deep(lines, "a"), deep(lines, "b")),
        "few-kinds" => (few_kinds(lines, 1), few_kinds(lines, 2)),
        _ => return None,
    };
    Some(Pair { running, intended })
}

/// The names that [`pathological`] knows.
pub const PATHOLOGICAL: &[&str] = &[
    "equal",
    "different",
    "values",
    "section",
    "moved",
    "shuffled",
    "deep",
    "few-kinds",
];

/// Lines of ten kinds, none of which stands out.
fn few_kinds(lines: usize, seed: u64) -> String {
    let mut random = Random(seed);
    let line = |_| format!("remark {}\n", random.within(0..10));
    (0..lines).map(line).collect()
}

/// Sections in sections, as deep as one may nest.
fn deep(lines: usize, note: &str) -> String {
    const DEPTH: usize = 15;
    let stack = |number: usize| -> String {
        let headers =
            (0..DEPTH).map(|depth| format!("{}thing {number}-{depth}\n", " ".repeat(depth)));
        headers
            .chain([format!("{}note {note}\n", " ".repeat(DEPTH))])
            .collect()
    };
    (0..lines.div_ceil(DEPTH + 1)).map(stack).collect()
}

/// A header and its lines, or one line alone.
type Block = Vec<String>;

/// A row of numbers that look random (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn within(&mut self, range: std::ops::Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }

    fn one_of(&mut self, values: &[u64]) -> u64 {
        let last = values.len() as u64;
        values[usize::try_from(self.next() % last).unwrap_or_default()]
    }
}

fn router(lines: usize, random: &mut Random) -> Vec<Block> {
    let first = [
        "hostname lab-r1",
        "ip domain-name example.net",
        "ip bgp-community new-format",
        "logging buffered 64000",
    ];
    let mut blocks: Vec<Block> = first.iter().map(|line| vec![(*line).to_owned()]).collect();
    for (class, dscp) in [("VOICE", "ef"), ("DATA", "af21")] {
        let header = format!("class-map match-any {class}");
        blocks.push(vec![header, format!(" match dscp {dscp}")]);
    }
    let mut bgp = vec![
        "router bgp 64512".to_owned(),
        " bgp router-id 192.0.2.1".to_owned(),
        " bgp log-neighbor-changes".to_owned(),
    ];
    let mut count = blocks.iter().chain([&bgp]).map(Vec::len).sum::<usize>();
    let mut number = 0;
    while count < lines {
        number += 1;
        let new = match number % 20 {
            0..=11 => vec![interface(number, random)],
            12 | 13 => vec![access_list(number, random)],
            14 => prefix_list(number),
            15 | 16 => vec![route_map(number, random)],
            17 => vec![vrf(number)],
            18 => vec![policy_map(number, random)],
            _ => {
                let peers = peers(number);
                count += peers.len();
                bgp.extend(peers);
                continue;
            }
        };
        count += new
            .iter()
            .map(|block| block.len() + usize::from(block.len() > 1))
            .sum::<usize>();
        blocks.extend(new);
    }
    blocks.push(bgp);
    blocks
}

fn interface(number: u64, random: &mut Random) -> Block {
    let mut block = vec![
        format!(
            "interface GigabitEthernet{}/{}/{number}",
            number / 1000,
            number / 48 % 20
        ),
        format!(
            " description customer {number} port {}",
            random.within(0..1_000_000)
        ),
        format!(
            " ip address 10.{}.{}.{} 255.255.255.254",
            number >> 15 & 255,
            number >> 7 & 255,
            number << 1 & 255
        ),
        format!(" ip mtu {}", random.one_of(&[1400, 1480, 1490])),
        format!(" load-interval {}", random.one_of(&[30, 60, 120])),
        " no ip redirects".to_owned(),
        " no ip proxy-arp".to_owned(),
    ];
    // The policy of the twenty before, which stands already.
    if number > 20 {
        let policy = number / 20 * 20 - 2;
        block.push(format!(" service-policy output QOS-{policy}"));
    }
    if random.within(0..10) < 3 {
        block.push(" shutdown".to_owned());
    }
    block
}

fn access_list(number: u64, random: &mut Random) -> Block {
    let mut block = vec![format!("ip access-list extended ACL-{number}")];
    for entry in 1..random.within(6..14) {
        let port = random.within(1..65535);
        block.push(format!(
            " {}0 permit tcp 10.{}.{}.0 0.0.0.255 any eq {port}",
            entry,
            entry * 10 % 256,
            number % 256
        ));
    }
    block.push(" 900 deny ip any any".to_owned());
    block
}

fn prefix_list(number: u64) -> Vec<Block> {
    (1..=8)
        .map(|entry| {
            vec![format!(
                "ip prefix-list PL-{number} seq {0} permit 10.{0}.{1}.0/24",
                entry * 5,
                number % 256
            )]
        })
        .collect()
}

fn route_map(number: u64, random: &mut Random) -> Block {
    vec![
        format!("route-map RM-{number} permit {}", random.one_of(&[10, 20])),
        format!(" match ip address prefix-list PL-{}", number / 20 * 20 + 14),
        format!(" set local-preference {}", random.within(80..200)),
        format!(" set community 64512:{} additive", number % 65000),
    ]
}

fn vrf(number: u64) -> Block {
    vec![
        format!("vrf definition CUST-{number}"),
        format!(" rd 64512:{number}"),
        format!(" route-target export 64512:{number}"),
        format!(" route-target import 64512:{number}"),
    ]
}

fn policy_map(number: u64, random: &mut Random) -> Block {
    vec![
        format!("policy-map QOS-{number}"),
        " class VOICE".to_owned(),
        "  priority percent 20".to_owned(),
        " class DATA".to_owned(),
        format!("  bandwidth percent {}", random.within(10..60)),
        " class class-default".to_owned(),
        "  fair-queue".to_owned(),
    ]
}

fn peers(number: u64) -> Block {
    (0..4)
        .flat_map(|place| {
            let peer = format!(
                "172.{}.{}.{}",
                16 + (number >> 14) % 16,
                number >> 6 & 255,
                (number * 4 + place) & 255
            );
            [
                format!(" neighbor {peer} remote-as {}", 64600 + number % 300),
                format!(" neighbor {peer} description peer {number}-{place}"),
                format!(" neighbor {peer} route-map RM-{} in", number / 20 * 20 + 15),
            ]
        })
        .collect()
}

/// Says whether a line of a block is the header of those behind it.
fn opens(block: &Block, place: usize) -> bool {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let next = block.get(place + 1);
    next.is_some_and(|next| depth(next) > depth(&block[place]))
}

/// Changes some lines of a block, whatever they are; its first line and the headers inside stay.
fn roughly_changed(block: &Block, per_mille: u64, random: &mut Random) -> Block {
    let mut out = block[..1].to_vec();
    for (place, line) in block.iter().enumerate().skip(1) {
        if opens(block, place) || random.within(0..1000) >= per_mille {
            out.push(line.clone());
            continue;
        }
        match random.within(0..5) {
            0..=2 => out.extend(other_number(line, 1)),
            3 => {}
            _ if block[0].starts_with("interface") => out.extend([
                line.clone(),
                format!(" ip helper-address 198.51.100.{}", random.within(1..255)),
            ]),
            _ => out.extend([line.clone(), format!("{line} log")]),
        }
    }
    out
}

/// Changes some lines of a block; its first line, the headers inside and what others in it stand on stay.
fn changed(block: &Block, per_mille: u64, random: &mut Random) -> Block {
    let mut out = block[..1].to_vec();
    for (place, line) in block.iter().enumerate().skip(1) {
        let carries = line.contains(" remote-as ") || line.starts_with(" rd ");
        if opens(block, place) || carries || random.within(0..1000) >= per_mille {
            out.push(line.clone());
            continue;
        }
        match random.within(0..5) {
            0..=2 => out.extend(other_value(line)),
            3 => {}
            _ => {
                out.push(line.clone());
                out.extend(added(&block[0], line, random));
            }
        }
    }
    out
}

/// Another line beside one, where its section has room for more of the kind.
fn added(header: &str, line: &str, random: &mut Random) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match (header.split(' ').next()?, &words[..]) {
        ("interface", _) => Some(format!(
            " ip helper-address 198.51.100.{}",
            random.within(1..255)
        )),
        ("ip", [number, rest @ ..]) => {
            let number: u64 = number.parse().ok()?;
            Some(format!(" {} {} log", number + 5, rest.join(" ")))
        }
        ("vrf", _) => Some(format!(
            " route-target import 64512:{}",
            random.within(60_000..65_000)
        )),
        ("router", ["neighbor", peer, ..]) => Some(format!(" neighbor {peer} timers 10 30")),
        ("route-map", _) => Some(format!(" set metric {}", random.within(1..1000))),
        _ => None,
    }
}

/// The last number of a line is one higher, or a step that the device takes; a line without one goes, a description gets a word more.
fn other_value(line: &str) -> Option<String> {
    let step = if line.contains("load-interval") {
        30
    } else {
        1
    };
    other_number(line, step)
}

/// The last number of a line is higher by a step; a line without one goes, a description gets a word more.
fn other_number(line: &str, step: u64) -> Option<String> {
    let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let number = words
        .iter()
        .rposition(|word| word.parse::<u64>().is_ok())
        .filter(|place| *place > 1);
    match number {
        Some(place) => {
            let value: u64 = words[place].parse().ok()?;
            words[place] = (value + step).to_string();
            Some(words.join(" "))
        }
        None if line.contains("description") => Some(format!("{line} edited")),
        None => None,
    }
}

fn render(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        for line in block {
            text.push_str(line);
            text.push('\n');
        }
        if block.len() > 1 {
            text.push_str("!\n");
        }
    }
    text + "end\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_the_size_and_the_changes_asked_for() {
        let Pair { running, intended } = pair(10_000, 12, 7);
        let lines = running.lines().count();
        assert!((9_900..10_200).contains(&lines), "{lines}");
        let kept: std::collections::HashSet<_> = running.lines().collect();
        let new = intended.lines().filter(|line| !kept.contains(line)).count();
        assert!((30..200).contains(&new), "{new}");
        assert_eq!(pair(10_000, 12, 7).intended, intended);
    }

    #[test]
    fn every_slow_pair_has_its_name() {
        for name in PATHOLOGICAL {
            let pair = pathological(name, 100).unwrap();
            assert_eq!(pair.running == pair.intended, *name == "equal", "{name}");
        }
    }
}
