//! What do the show commands print?

use std::fmt::Write;

use tokio_util::bytes::Bytes;

use super::cli::Reply;
use super::device::{Device, State};
use super::ospf::section_lines;

/// Answers `show WORDS`; none for one that the device does not know.
pub(super) fn answer(device: &Device, state: &mut State, words: &[&str]) -> Option<Bytes> {
    Some(match words {
        ["running-config", ..] => running(state).into(),
        ["startup-config"] if device.is_frr() => Bytes::new(),
        ["startup-config"] => state.startup.clone().into(),
        ["version"] => version(device, state).into(),
        ["watchfrr"] if device.is_frr() => watchfrr(state).into(),
        ["daemons"] if device.is_frr() => daemons(state).into(),
        ["interface", "brief"] | ["ip", "interface", "brief"] => interfaces(state).into(),
        ["ip", "route", ..] => routes(state).into(),
        ["bulk", megabytes] => bulk(state, megabytes.parse().ok()?),
        ["tech-support"] => bulk(state, 1),
        _ => return None,
    })
}

fn running(state: &State) -> String {
    match state.dead_daemon() {
        Some(daemon) if state.running() == state.simulation.running() => format!(
            "Warning: connecting to {daemon}...failed!\n{}",
            state.running()
        ),
        _ => state.running(),
    }
}

/// Carries out `write memory` (texts recorded, FRR 8.4.4; those of IOS from its command reference).
pub(super) fn save(device: &Device, state: &mut State) -> Reply {
    if device.is_frr() && state.dead_daemon().is_some() {
        return Reply {
            refused: true,
            ..Reply::printing(
                "Note: this version of vtysh never writes vtysh.conf\n% Not all daemons are up, cannot write config.\n",
            )
        };
    }
    state.startup = state.simulation.running();
    Reply::printing(match device.is_frr() {
        true => {
            "Note: this version of vtysh never writes vtysh.conf\nBuilding Configuration...\nIntegrated configuration saved to /etc/frr/frr.conf\n[OK]\n"
        }
        false => "Building configuration...\n[OK]\n",
    })
}

fn version(device: &Device, state: &State) -> String {
    let host = state.simulation.hostname();
    match device.is_frr() {
        true => format!(
            "FRRouting 8.4.4 ({host}) on Linux(6.1.0).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n"
        ),
        false => {
            format!("Cisco IOS XE Software, Version 17.09.04a\n{host} uptime is 1 week, 2 days\n")
        }
    }
}

fn started(state: &State) -> impl Iterator<Item = &'static str> {
    let bgpd = state.has_bgpd.then_some("bgpd");
    ["zebra", "ospfd"]
        .into_iter()
        .chain(bgpd)
        .chain(["staticd"])
}

/// The columns of `show watchfrr` (recorded, FRR 8.4.4).
fn watchfrr(state: &State) -> String {
    let mut out = "watchfrr global phase: Idle\n Restart Command: \"/usr/lib/frr/watchfrr.sh restart %s\"\n Start Command: \"/usr/lib/frr/watchfrr.sh start %s\"\n Stop Command: \"/usr/lib/frr/watchfrr.sh stop %s\"\n Min Restart Interval: 60\n Max Restart Interval: 600\n Restart Timeout: 20\n".to_owned();
    for daemon in started(state) {
        let word = if state.dead_daemon() == Some(daemon) {
            "Down"
        } else {
            "Up"
        };
        let _ = writeln!(out, "  {daemon:<20} {word}");
    }
    out
}

fn daemons(state: &State) -> String {
    let names: Vec<&str> = started(state)
        .filter(|daemon| state.dead_daemon() != Some(daemon))
        .collect();
    format!(" {} watchfrr\n", names.join(" "))
}

fn interfaces(state: &State) -> String {
    let running = state.simulation.running();
    let mut out = "Interface       Status  VRF             Addresses\n---------       ------  ---             ---------\n".to_owned();
    for header in running
        .lines()
        .filter(|line| line.starts_with("interface "))
    {
        let lines: Vec<&str> = section_lines(&running, header).collect();
        let status = if lines.contains(&"shutdown") {
            "down"
        } else {
            "up"
        };
        let address = lines
            .iter()
            .find_map(|line| line.strip_prefix("ip address "))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "{:<15} {status:<7} default         {address}",
            &header[10..]
        );
    }
    out
}

fn routes(state: &State) -> String {
    let running = state.simulation.running();
    let mut out = "Codes: K - kernel route, C - connected, S - static\n\n".to_owned();
    for route in running
        .lines()
        .filter_map(|line| line.strip_prefix("ip route "))
    {
        let (prefix, target) = route.split_once(' ').unwrap_or((route, ""));
        let _ = match target {
            "blackhole" | "Null0" | "reject" => {
                writeln!(out, "S>* {prefix} [1/0] unreachable ({target}), weight 1")
            }
            _ => writeln!(out, "S>* {prefix} [1/0] via {target}, weight 1"),
        };
    }
    out
}

/// The same bytes for all that ask for the same size.
fn bulk(state: &mut State, megabytes: usize) -> Bytes {
    match &state.bulk {
        Some((size, bytes)) if *size == megabytes => bytes.clone(),
        _ => {
            let line = "interface statistics: 0 packets input, 0 bytes, 0 no buffer ...\n";
            let bytes = Bytes::from(line.repeat(megabytes.min(64) * (1 << 20) / line.len()));
            state.bulk = Some((megabytes, bytes.clone()));
            bytes
        }
    }
}
