//! Whether the lab's faults look to a client the way they do in the wild.

use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::script::Lab;

fn banner(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    let mut start = [0; 4];
    stream.read_exact(&mut start)?;
    Ok(String::from_utf8_lossy(&start).into_owned())
}

#[test]
fn every_router_says_who_it_is() {
    let lab = Lab::take();
    let inventory = lab.inventory();
    assert!(!inventory.devices.is_empty());
    for device in &inventory.devices {
        let version = lab.ask(&device.name, "show version");
        assert!(version.contains(&format!("({})", device.name)), "{version}");
    }
}

#[test]
fn each_way_of_being_broken_looks_different_and_heals() {
    let mut lab = Lab::take();
    let address = lab.address("r2");
    for (mode, kinds) in [
        ("refuse", &[ErrorKind::ConnectionRefused][..]),
        ("drop", &[ErrorKind::TimedOut, ErrorKind::WouldBlock]),
        ("hang", &[ErrorKind::TimedOut, ErrorKind::WouldBlock]),
    ] {
        lab.harm(&["break", "r2", mode]);
        let error = banner(address).unwrap_err();
        assert!(kinds.contains(&error.kind()), "{mode}: {error:?}");
        let connects = TcpStream::connect_timeout(&address, Duration::from_secs(2)).is_ok();
        assert_eq!(connects, mode == "hang", "{mode}");
        lab.heal();
        assert_eq!(banner(address).unwrap(), "SSH-", "{mode}");
    }
}

#[test]
fn a_dead_daemon_leaves_a_hole_in_the_configuration_and_watchfrr_tells() {
    let mut lab = Lab::take();
    let whole = lab.ask("r3", "show running-config");
    assert!(whole.contains("router ospf") && whole.contains(" ip ospf "));

    lab.harm(&["kill-daemon", "r3", "ospfd"]);
    let holed = lab.ask("r3", "show running-config");
    assert!(
        !holed.contains("ospf") && holed.ends_with("end\n"),
        "{holed}"
    );
    assert!(lab.ask("r3", "show watchfrr").lines().any(is_down));
    assert!(!lab.ask("r3", "show daemons").contains("ospfd"));

    lab.heal();
    assert!(!lab.ask("r3", "show watchfrr").lines().any(is_down));
    assert_eq!(lab.ask("r3", "show running-config"), whole);
}

fn is_down(line: &str) -> bool {
    line.split_whitespace().collect::<Vec<_>>() == ["ospfd", "Down"]
}
