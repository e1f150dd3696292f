//! What is on the way by which a device is reached.

use super::way::Way;
use crate::config::Configuration;
use crate::platform::Platform;

/// The paths of some that touch the way to an interface.
fn touched<'p>(
    (platform, before, after): (&str, &str, &str),
    interface: &str,
    paths: &[&'p str],
) -> Vec<&'p str> {
    let read = |text: &str| {
        let platform = Platform::named(platform).unwrap();
        Configuration::parse(text, &platform).unwrap()
    };
    let (before, after) = (read(before), read(after));
    let way = Way::of(platform, [Some(&before), Some(&after)], Some(interface));
    let touching = paths.iter().filter(|path| way.touched_by(path).is_some());
    touching.copied().collect()
}

/// The same where nothing but the asked lines would change.
fn standing<'p>(platform: &str, text: &str, interface: &str, paths: &[&'p str]) -> Vec<&'p str> {
    touched((platform, text, text), interface, paths)
}

#[test]
fn each_platform_says_which_ports_are_in_a_channel() {
    for (platform, text, channel, port) in [
        (
            "cisco_ios",
            "interface Gi0/1\n channel-group 1 mode active\n",
            "Port-channel1.9",
            "interface Gi0/1 shutdown",
        ),
        (
            "cisco_nxos",
            "interface Ethernet1/1\n  channel-group 1 mode active\n",
            "port-channel1",
            "interface Ethernet1/1 shutdown",
        ),
        (
            "arista_eos",
            "interface Ethernet1\n   channel-group 1 mode active\n",
            "Port-Channel1",
            "interface Ethernet1 shutdown",
        ),
        (
            "cisco_iosxr",
            "interface TenGigE0/0/0/1\n bundle id 1 mode active\n!\n",
            "Bundle-Ether1",
            "interface TenGigE0/0/0/1 shutdown",
        ),
        (
            "juniper_junos",
            "set interfaces xe-0/0/1 gigether-options 802.3ad ae0\n",
            "ae0.0",
            "interfaces xe-0/0/1 disable",
        ),
        (
            "huawei_vrp",
            "interface GigabitEthernet0/0/1\n eth-trunk 1\n#\n",
            "Eth-Trunk1",
            "interface GigabitEthernet0/0/1 shutdown",
        ),
    ] {
        assert_eq!(
            standing(platform, text, channel, &[port]),
            [port],
            "{platform}"
        );
        let other = channel.replace(['0', '1'], "7");
        assert_eq!(
            standing(platform, text, &other, &[port]),
            [""; 0],
            "{platform}"
        );
    }
}

#[test]
fn the_port_of_a_unit_is_under_it() {
    let text = "interface GigabitEthernet0/1.99\n encapsulation dot1Q 99\n";
    let paths = [
        "interface GigabitEthernet0/1 shutdown",
        "interface GigabitEthernet0/2 shutdown",
    ];
    assert_eq!(
        standing("cisco_ios", text, "GigabitEthernet0/1.99", &paths),
        paths[..1]
    );
}

#[test]
fn what_a_filter_names_is_on_the_way_with_it() {
    let text = "route-map P permit 10\n match ip address L\nip access-list extended L\n 10 permit ip any any\nip access-list extended OTHER\n 10 permit ip any any\ninterface GigabitEthernet0/0\n ip policy route-map P\n";
    let paths = [
        "route-map P permit 10 set interface Null0",
        "ip access-list extended L 10",
        "ip access-list extended L",
        "ip access-list extended OTHER 10",
    ];
    assert_eq!(
        standing("cisco_ios", text, "GigabitEthernet0/0", &paths),
        paths[..3]
    );
    assert_eq!(
        standing("cisco_ios", text, "GigabitEthernet0/9", &paths),
        [""; 0]
    );
}

const SWITCH: &str = "vlan 10\nvlan 99\ninterface GigabitEthernet0/1\n switchport mode trunk\n switchport trunk allowed vlan 10,99\ninterface GigabitEthernet0/2\n switchport mode access\n switchport access vlan 10\ninterface Vlan99\n ip address 192.0.2.1 255.255.255.0\n";

#[test]
fn a_port_is_on_the_way_where_it_carries_the_vlan() {
    let paths = [
        "vlan 99",
        "interface GigabitEthernet0/1 shutdown",
        "interface GigabitEthernet0/1 switchport trunk allowed vlan remove 99",
        "vlan 10",
        "interface GigabitEthernet0/2 shutdown",
    ];
    let after = SWITCH.replace("vlan 10,99", "vlan 10");
    assert_eq!(
        touched(("cisco_ios", SWITCH, &after), "Vlan99", &paths),
        paths[..3]
    );
}

#[test]
fn a_port_that_gets_another_vlan_and_keeps_ours_cuts_nothing_off() {
    let paths = [
        "interface GigabitEthernet0/1 switchport trunk allowed vlan add 20",
        "interface GigabitEthernet0/1 shutdown",
    ];
    let after = SWITCH.replace("vlan 10,99", "vlan 10,20,99");
    assert_eq!(
        touched(("cisco_ios", SWITCH, &after), "Vlan99", &paths),
        paths[1..]
    );
}

#[test]
fn what_filters_the_logins_is_on_the_way_whoever_comes() {
    let text = "ip access-list standard V\n 10 permit 10.0.0.0 0.0.0.255\nline vty 0 4\n access-class V in\n";
    let path = "ip access-list standard V 10";
    assert_eq!(
        standing("cisco_ios", text, "GigabitEthernet0/9", &[path]),
        [path]
    );
}
