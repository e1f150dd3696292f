//! Tables of neighbours, written after the command references.

use super::super::fact::{Adjacent, Fact};
use super::super::parse::read;
use super::*;

macro_rules! written {
    ($file:literal) => {
        include_str!(concat!("../../../tests/data/topology/written/", $file))
    };
}

/// `Gi1/0/1 core-2 Gi0/1` for each neighbour, `? 2 what` for lines that were not understood.
fn rows(command: &str, text: &str) -> Vec<String> {
    let row = |fact| match fact {
        Fact::Adjacent(Adjacent {
            interface,
            name,
            port,
            ..
        }) => format!("{interface} | {name} | {}", port.unwrap_or("-".into())),
        Fact::Unread(unread) => format!("? {} {}", unread.lines, unread.first),
        other => panic!("{other:?}"),
    };
    let facts = read(command, text).unwrap();
    facts.into_iter().map(row).collect()
}

#[test]
fn tables_of_cdp() {
    let ios = rows("show cdp neighbors", written!("ios_cdp.txt"));
    let expected = [
        "Gig 1/0/1 | core-2.lab.example | Gig 0/1",
        "Ten 1/1/8 | core-3 | Ten 0/1/0",
        "Gig 1/0/7 | SEP001122334455 | Port 1",
        "Fas 0/2 | leaf-9 | 0/47",
    ];
    assert_eq!(ios, expected);
    // Its header does not stand above its columns.
    let nxos = rows("sh cdp nei", written!("nxos_cdp.txt"));
    let expected = [
        "mgmt0 | mgmt-1 | Fas1/0/9",
        "Eth1/49 | spine-1.lab.example | Eth1/1",
    ];
    assert_eq!(nxos, expected);
}

#[test]
fn tables_of_lldp() {
    let ios = rows("show lldp neighbors", written!("ios_lldp.txt"));
    let expected = [
        "Gi1/0/1 | core-2.lab.example | Gi0/1",
        "Gi1/0/2 | edge-of-the-building | Gi0/0",
        "Gi1/0/3 | access-point-4 | Port 6",
        "Gi1/0/4 | printer | 0011.2233.4455",
        "Te1/1/1 | xr-7 | -",
    ];
    assert_eq!(ios, expected);
    let nxos = rows("show lldp neighbors", written!("nxos_lldp.txt"));
    let expected = [
        "Eth1/5 | firewall-of-site-1-a | ethernet1/9",
        "Eth1/49 | spine-1 | Eth1/1",
        "Eth1/7 | Hall Access Point | wlan0",
        "mgmt0 | spine-2.lab.example | Fa1/0/10",
    ];
    assert_eq!(nxos, expected);
    let eos = rows("show lldp neighbors", written!("eos_lldp.txt"));
    let expected = [
        "Et1 | spine-1.lab.example | Ethernet2",
        "Et3/1 | a-name-that-is-longer-than-its-column.lab.example | Ethernet7",
        "Ma1 | hall switch | 1/1",
    ];
    assert_eq!(eos, expected);
}

#[test]
fn a_part_of_a_table_is_read_without_its_header() {
    let one = "core-3           Ten 1/1/8         171              R I   ASR1001-X Ten 0/1/0\n";
    let read = rows("show cdp neighbors | include core", one);
    assert_eq!(read, ["Ten 1/1/8 | core-3 | Ten 0/1/0"]);
    let detail = written!("ios_cdp_detail.txt");
    let read = rows("show cdp neighbors Gig 1/0/1 detail", detail);
    assert_eq!(read.len(), 2);
}

#[test]
fn a_table_that_is_not_understood_leaves_a_remark() {
    let header = "Device ID           Local Intf     Hold-time  Capability      Port ID\n";
    let row = "core-3              Gi1/0/2        120        R               Gi0/1\n";
    for (command, text, expected) in [
        (
            "show lldp neighbors",
            "Local Interface  Parent Interface  Chassis Id  Port info  System Name\nge-0/0/1 - 00:11:22:33:44:55 ge-0/0/2 r2\n".to_owned(),
            "says nothing that could be read about neighbours",
        ),
        (
            "display lldp neighbor brief",
            "GE0/0/1  r2  GE0/0/2  101\n".to_owned(),
            "says nothing that could be read about neighbours",
        ),
        (
            "show lldp neighbors",
            format!("{header}{row}core-4              somewhere      120\n"),
            "a line could not be read: core-4              somewhere      120",
        ),
        (
            "show lldp neighbors",
            format!("{header}one\ntwo\n{row}three\n"),
            "3 lines could not be read: one",
        ),
        (
            "show lldp neighbors",
            format!("{header}                    Gi1/0/2        120        R               Gi0/1\n"),
            "a line could not be read: Gi1/0/2",
        ),
    ] {
        let observation = Observation::read("sw1", command, &text).unwrap();
        let execution = ExecutionId::new(jiff::Timestamp::UNIX_EPOCH, 0);
        let built = build(&execution, &BTreeMap::new(), &[observation]);
        let remarks: Vec<_> = built.remarks.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(remarks, [expected], "{text}");
    }
}

const LONG: &str = "edge-of-the-building-north";

#[test]
fn a_name_that_was_cut_off_is_that_of_the_only_device_that_begins_so() {
    let table = (
        "core-1",
        "show lldp neighbors",
        "Device ID           Local Intf     Hold-time  Capability      Port ID\n\
         edge-of-the-buildingGi1/0/2        120        R               Gi0/0\n",
    );
    let detail = (
        LONG,
        "show lldp neighbors detail",
        "Local Intf: Gi0/0\nChassis id: 0011.2233.4455\nPort id: Gi1/0/2\nSystem Name: core-1\n",
    );
    assert_eq!(
        links(&topology(&[table, detail])),
        ["core-1 Gi1/0/2 - - | edge-of-the-building-north Gi0/0 - -"]
    );
    let other = ("edge-of-the-building-south", detail.1, "");
    let two = topology(&[table, detail, other]);
    assert_eq!(two.links.len(), 2, "which one is not known");
}

#[test]
fn a_table_beside_its_detail_says_nothing_new() {
    let detail = (
        "sw1",
        "show cdp neighbors detail",
        written!("ios_cdp_detail.txt"),
    );
    let table = (
        "sw1",
        "show cdp neighbors",
        "Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID\n\
         core-2.lab.example\n                 Gig 1/0/1         154             R S I  WS-C3850- Gig 0/1\n\
         core-3           Gig 1/0/3         171              R I   ASR1001-X Gig 0/0/1\n",
    );
    let both = topology(&[table, detail]);
    assert_eq!(links(&both), links(&topology(&[detail])));
    assert_eq!(both.remarks, []);
    assert_eq!(both.links[0].sources.len(), 2);
}
