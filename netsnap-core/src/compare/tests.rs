//! Comparing what real routers said (recorded, FRR 8.4.4).

use std::sync::Arc;

use jiff::Timestamp;

use super::{CompareOptions, Comparison, OutputChange, compare_executions};
use crate::id::ExecutionId;
use crate::model::{Answer, DeviceSummary, Execution, Output, Proof};
use crate::report::terminal::{self, Layout};
use crate::store::{Backend, MemoryStore};

macro_rules! data {
    ($file:literal) => {
        include_str!(concat!("../../tests/data/", $file))
    };
}

type Said = (&'static str, &'static str);

const LAB: [Said; 6] = [
    (
        "show ip ospf neighbor",
        data!("topology/lab/r1/show_ip_ospf_neighbor.txt"),
    ),
    (
        "show ip ospf neighbor detail",
        data!("topology/lab/r1/show_ip_ospf_neighbor_detail.txt"),
    ),
    (
        "show ip ospf neighbor json",
        data!("topology/lab/r1/show_ip_ospf_neighbor_json.json"),
    ),
    (
        "show ip ospf database router",
        data!("topology/lab/r1/show_ip_ospf_database_router.txt"),
    ),
    (
        "show ip ospf database router json",
        data!("topology/lab/r1/show_ip_ospf_database_router_json.json"),
    ),
    (
        "show ip ospf interface",
        data!("topology/lab/r1/show_ip_ospf_interface.txt"),
    ),
];

/// The same router, started anew.
const AGAIN: [Said; 6] = [
    (
        "show ip ospf neighbor",
        data!("compare/again/show_ip_ospf_neighbor.txt"),
    ),
    (
        "show ip ospf neighbor detail",
        data!("compare/again/show_ip_ospf_neighbor_detail.txt"),
    ),
    (
        "show ip ospf neighbor json",
        data!("compare/again/show_ip_ospf_neighbor_json.txt"),
    ),
    (
        "show ip ospf database router",
        data!("compare/again/show_ip_ospf_database_router.txt"),
    ),
    (
        "show ip ospf database router json",
        data!("compare/again/show_ip_ospf_database_router_json.txt"),
    ),
    (
        "show ip ospf interface",
        data!("compare/again/show_ip_ospf_interface.txt"),
    ),
];

/// The same router, one interface shut down.
const DOWN: [Said; 3] = [
    (
        "show ip ospf neighbor",
        data!("topology/lab_down/r1/show_ip_ospf_neighbor.txt"),
    ),
    (
        "show ip ospf neighbor json",
        data!("topology/lab_down/r1/show_ip_ospf_neighbor_json.json"),
    ),
    (
        "show ip ospf database router",
        data!("topology/lab_down/r1/show_ip_ospf_database_router.txt"),
    ),
];

async fn recorded(store: &Arc<dyn Backend>, number: u32, said: &[Said]) -> ExecutionId {
    let at = Timestamp::from_second(i64::from(number)).unwrap();
    let run = Execution::new(ExecutionId::new(at, number), at);
    store.create(&run).await.unwrap();
    for (command, text) in said {
        let answer = Answer {
            bytes: text.as_bytes().to_vec(),
            proof: Proof::Exec,
            exit_status: Some(0),
            rejection: None,
            warnings: Vec::new(),
            duration_us: 5,
        };
        let output = Output::new("r1", *command, at, answer);
        store.put_output(&run.id, output).await.unwrap();
    }
    run.id
}

async fn compared(before: &[Said], after: &[Said], platform: Option<&str>) -> Comparison {
    let store: Arc<dyn Backend> = Arc::new(MemoryStore::new());
    let before = recorded(&store, 1, before).await;
    let after = recorded(&store, 2, after).await;
    let options = CompareOptions {
        platform: platform.map(str::to_owned),
        ..CompareOptions::default()
    };
    compare_executions(store.as_ref(), &before, &after, &options)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_platform_that_a_run_recorded_masks_without_being_told() {
    let store: Arc<dyn Backend> = Arc::new(MemoryStore::new());
    let mut runs = Vec::new();
    for (number, said) in [(1, &LAB[..]), (2, &AGAIN[..])] {
        let id = recorded(&store, number, said).await;
        let mut run = store.load(&id).await.unwrap();
        // One that nobody knows here is no obstacle.
        let platform = ["of somebody else", "frr"][runs.len()];
        run.devices = vec![DeviceSummary {
            id: "r1".into(),
            name: "r1".into(),
            ip: String::new(),
            platform: Some(platform.into()),
        }];
        store.update(&run).await.unwrap();
        runs.push(id);
    }
    let told = compared(&LAB, &AGAIN, Some("frr")).await;
    let mut options = CompareOptions::default();
    let compare = async |options: &CompareOptions| {
        compare_executions(store.as_ref(), &runs[0], &runs[1], options)
            .await
            .unwrap()
    };
    assert_eq!(compare(&options).await.totals, told.totals);
    options.platforms = [("r1".to_owned(), "cisco_ios".to_owned())].into();
    assert_ne!(compare(&options).await.totals, told.totals);
}

#[test]
fn a_run_without_platforms_still_reads() {
    let old = r#"{"id":"r1","name":"r1","ip":"192.0.2.1"}"#;
    let device: DeviceSummary = serde_json::from_str(old).unwrap();
    assert_eq!(device.platform, None);
    assert_eq!(serde_json::to_string(&device).unwrap(), old);
}

#[tokio::test]
async fn a_router_that_did_nothing_differs_in_nothing_but_times() {
    let plain = compared(&LAB, &AGAIN, None).await;
    assert!(plain.totals.outputs_changed >= 5, "{:?}", plain.totals);
    let masked = compared(&LAB, &AGAIN, Some("frr")).await;
    // The links of an advertisement stand in the order in which they came up: that one did differ.
    let is_database = |command: &str| command.contains("database");
    let outputs = masked.devices[0].outputs.iter();
    for output in outputs.filter(|output| !is_database(&output.command)) {
        assert_eq!(
            output.change,
            OutputChange::Masked,
            "{}: {:?} {:?}",
            output.command,
            output.diff,
            output.json
        );
    }
    assert!(masked.totals.masked > 20, "{:?}", masked.totals);
}

#[tokio::test]
async fn a_neighbour_that_went_away_is_shown_and_nothing_else() {
    let compared = compared(&LAB, &DOWN, Some("frr")).await;
    let outputs = &compared.devices[0].outputs;
    let lines = |sign: char| -> Vec<&str> {
        let diff = outputs[0].diff.as_deref().unwrap();
        diff.lines()
            .skip(2)
            .filter(|line| line.starts_with(sign))
            .collect()
    };
    assert_eq!(lines('+'), [""; 0]);
    assert_eq!(lines('-').len(), 1);
    assert!(lines('-')[0].starts_with("-10.255.0.2 ") && lines('-')[0].contains("Full/-"));
    let json = outputs[1].json.as_ref().unwrap();
    assert_eq!(
        json.iter()
            .map(|change| change.path.as_str())
            .collect::<Vec<_>>(),
        ["/neighbors/10.255.0.2"]
    );
    let shown = terminal::comparison(&compared, &Layout::default());
    for words in [
        "Compare exec_",
        "r1: show ip ospf neighbor json\n-/neighbors/10.255.0.2 = [",
        "- r1: show ip ospf interface",
        "they change by themselves",
    ] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    assert!(!shown.contains('\u{1b}'));
}
