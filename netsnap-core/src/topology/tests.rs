//! What the parsers and the graph make of recorded and written outputs.

mod graph;
mod tables;
mod written;

use std::collections::BTreeMap;

use super::{Observation, Topology, build};
use crate::id::ExecutionId;

/// A recorded output of a lab router.
macro_rules! lab {
    ($folder:literal, $router:literal, $file:literal) => {
        include_str!(concat!(
            "../../tests/data/topology/",
            $folder,
            "/",
            $router,
            "/",
            $file
        ))
    };
}

/// The outputs of one file of all four routers.
macro_rules! four {
    ($folder:literal, $command:literal, $file:literal) => {
        [
            ("r1", $command, lab!($folder, "r1", $file)),
            ("r2", $command, lab!($folder, "r2", $file)),
            ("r3", $command, lab!($folder, "r3", $file)),
            ("r4", $command, lab!($folder, "r4", $file)),
        ]
    };
}

#[tokio::test]
async fn the_topology_of_a_run_is_kept_with_it() {
    let store = std::sync::Arc::new(crate::store::MemoryStore::new());
    crate::testing::store::the_topology_of_a_run_is_kept_with_it(store).await;
}

type Output = (&'static str, &'static str, &'static str);

fn neighbors() -> [Output; 4] {
    four!("lab", "show ip ospf neighbor", "show_ip_ospf_neighbor.txt")
}

fn neighbors_json() -> [Output; 4] {
    four!(
        "lab",
        "show ip ospf neighbor json",
        "show_ip_ospf_neighbor_json.json"
    )
}

fn details() -> [Output; 4] {
    four!(
        "lab",
        "show ip ospf neighbor detail",
        "show_ip_ospf_neighbor_detail.txt"
    )
}

fn details_json() -> [Output; 4] {
    four!(
        "lab",
        "show ip ospf neighbor detail json",
        "show_ip_ospf_neighbor_detail_json.txt"
    )
}

fn interfaces() -> [Output; 4] {
    four!(
        "lab",
        "show ip ospf interface",
        "show_ip_ospf_interface.txt"
    )
}

fn interfaces_json() -> [Output; 4] {
    four!(
        "lab",
        "show ip ospf interface json",
        "show_ip_ospf_interface_json.txt"
    )
}

fn database() -> [Output; 4] {
    four!(
        "lab",
        "show ip ospf database router",
        "show_ip_ospf_database_router.txt"
    )
}

fn networks() -> [Output; 4] {
    four!(
        "lab",
        "show ip ospf database network",
        "show_ip_ospf_database_network.txt"
    )
}

fn database_json() -> [Output; 4] {
    four!(
        "lab",
        "show ip ospf database router json",
        "show_ip_ospf_database_router_json.json"
    )
}

fn networks_json() -> [Output; 4] {
    four!(
        "lab",
        "show ip ospf database network json",
        "show_ip_ospf_database_network_json.txt"
    )
}

fn cables_json() -> [Output; 4] {
    four!("lab", "lldpctl -f json", "lldpctl_json.txt")
}

fn cables() -> [Output; 4] {
    four!("lab", "lldpctl -f keyvalue", "lldpctl_keyvalue.txt")
}

/// After `shutdown` of eth1 on r1.
fn down() -> Vec<Output> {
    let neighbors = four!(
        "lab_down",
        "show ip ospf neighbor",
        "show_ip_ospf_neighbor.txt"
    );
    let database = four!(
        "lab_down",
        "show ip ospf database router",
        "show_ip_ospf_database_router.txt"
    );
    let networks = four!(
        "lab_down",
        "show ip ospf database network",
        "show_ip_ospf_database_network.txt"
    );
    [neighbors, database, networks].concat()
}

fn topology(outputs: &[Output]) -> Topology {
    let observations: Vec<Observation> = outputs
        .iter()
        .map(|(device, command, text)| Observation::read(device, command, text).unwrap())
        .collect();
    let names = outputs
        .iter()
        .map(|(device, ..)| ((*device).to_owned(), None));
    let devices: BTreeMap<String, Option<String>> = names.collect();
    build(
        &ExecutionId::new(jiff::Timestamp::UNIX_EPOCH, 0),
        &devices,
        &observations,
    )
}

/// `r1 eth1 10.0.1.0 10 | r2 eth2 10.0.1.1 10`, with `-` for what is not known and `!` for one side only.
fn links(topology: &Topology) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let end = |end: &super::End| {
        let cost = end.cost.map_or_else(|| "-".into(), |cost| cost.to_string());
        format!(
            "{} {} {} {cost}",
            end.node,
            text(&end.interface),
            text(&end.address)
        )
    };
    let link = |link: &super::Link| {
        let mark = if link.one_sided { " !" } else { "" };
        format!("{} | {}{mark}", end(&link.a), end(&link.b))
    };
    topology.links.iter().map(link).collect()
}
