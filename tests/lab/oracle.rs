//! Changes of every sort, one after the other on a real router: planned, proven, carried out as intended, taken back exactly.

use std::collections::BTreeSet;

use netsnap_core::ErrorKind;
use netsnap_core::deploy::DeployOptions;
use netsnap_core::model::{Deployment, DeviceOutcome, DeviceProof, Plan, RollbackOutcome};
use netsnap_tests::change::{in_section, replaced, with_global};
use netsnap_tests::{Bench, device};

use crate::script::Lab;

/// A change, and one that follows it; both start from the configuration before the first.
type Case = (&'static str, fn(&str) -> String, Option<fn(&str) -> String>);

const ROUTER: &str = "r1";

const CASES: &[Case] = &[
    (
        "a description changed, then removed",
        |text| replaced(text, " description to r2 eth2", " description uplink, 10G"),
        Some(|text| replaced(text, " description to r2 eth2", "")),
    ),
    (
        "a cost, then another",
        |text| in_section(text, "interface eth1", " ip ospf cost 50"),
        Some(|text| in_section(text, "interface eth1", " ip ospf cost 7")),
    ),
    (
        "timers of an interface",
        |text| {
            in_section(
                text,
                "interface eth0",
                " ip ospf dead-interval 20\n ip ospf hello-interval 5",
            )
        },
        Some(|text| {
            in_section(
                text,
                "interface eth0",
                " ip ospf hello-interval 6\n ip ospf retransmit-interval 9",
            )
        }),
    ),
    (
        "a priority and a bandwidth",
        |text| in_section(text, "interface lo", " bandwidth 100\n ip ospf priority 3"),
        None,
    ),
    (
        "a passive interface, then no passive one",
        |text| in_section(text, "interface eth0", " ip ospf passive"),
        Some(|text| replaced(text, " ip ospf passive", "")),
    ),
    (
        "a network in another area, then in a third",
        |text| in_section(text, "router ospf", " network 192.0.2.0/24 area 1"),
        Some(|text| in_section(text, "router ospf", " network 192.0.2.0/24 area 2")),
    ),
    (
        "a stub area",
        |text| {
            in_section(
                text,
                "router ospf",
                " area 1 stub\n network 192.0.2.0/24 area 1",
            )
        },
        Some(|text| {
            in_section(
                text,
                "router ospf",
                " area 1 stub no-summary\n network 192.0.2.0/24 area 1",
            )
        }),
    ),
    (
        "a static route, then another next hop and distance",
        |text| with_global(text, "ip route 203.0.113.0/24 10.0.1.1"),
        Some(|text| with_global(text, "ip route 203.0.113.0/24 10.0.4.0 5")),
    ),
    (
        "two next hops, then one with a tag and one blackhole",
        |text| {
            with_global(
                text,
                "ip route 203.0.113.0/24 10.0.1.1\nip route 203.0.113.0/24 10.0.4.0",
            )
        },
        Some(|text| {
            with_global(
                text,
                "ip route 203.0.113.0/24 10.0.1.1 tag 7\nip route 198.51.100.0/24 blackhole",
            )
        }),
    ),
    (
        "prefix list entries added, removed and changed",
        |text| {
            with_global(
                text,
                "ip prefix-list P seq 5 permit 192.0.2.0/24\nip prefix-list P seq 10 permit 198.51.100.0/24\nip prefix-list P seq 15 deny any",
            )
        },
        Some(|text| {
            with_global(
                text,
                "ip prefix-list P seq 5 permit 192.0.2.0/24 le 32\nip prefix-list P seq 15 deny any\nip prefix-list P seq 20 permit 203.0.113.0/24",
            )
        }),
    ),
    (
        "a route map made and bound, then gone with its prefix list",
        |text| {
            let maps = "ip prefix-list P seq 5 permit 192.0.2.0/24\n!\nroute-map M permit 10\n match ip address prefix-list P\n set metric 100\nexit\n!\nroute-map M deny 20\nexit";
            in_section(
                &with_global(text, maps),
                "router ospf",
                " redistribute static route-map M",
            )
        },
        Some(str::to_owned),
    ),
    (
        "an access list, then another rule in it",
        |text| {
            with_global(
                text,
                "access-list LAN seq 5 permit 10.0.0.0/8\naccess-list LAN seq 10 deny any",
            )
        },
        Some(|text| {
            with_global(
                text,
                "access-list LAN seq 5 permit 10.0.0.0/16\naccess-list LAN seq 10 deny any",
            )
        }),
    ),
    (
        "a second address, then another, then none",
        |text| in_section(text, "interface eth0", " ip address 198.51.100.1/24"),
        Some(|text| in_section(text, "interface eth0", " ip address 198.51.100.2/24")),
    ),
    (
        "timers, a default route and redistribution",
        |text| {
            in_section(
                text,
                "router ospf",
                " default-information originate always metric 20\n redistribute connected metric-type 1\n timers throttle spf 100 500 2000",
            )
        },
        Some(|text| {
            in_section(
                text,
                "router ospf",
                " default-information originate metric 30\n redistribute connected metric 5\n redistribute static",
            )
        }),
    ),
    (
        "adjacency changes in detail, and another reference bandwidth",
        |text| {
            in_section(
                &replaced(
                    text,
                    " log-adjacency-changes",
                    " log-adjacency-changes detail",
                ),
                "router ospf",
                " auto-cost reference-bandwidth 1000",
            )
        },
        None,
    ),
    (
        "logging",
        |text| {
            replaced(
                text,
                "log file /var/log/frr/frr.log informational",
                "log file /var/log/frr/frr.log notifications\nlog syslog warnings",
            )
        },
        Some(|text| {
            replaced(
                text,
                "log file /var/log/frr/frr.log informational",
                "log timestamp precision 3",
            )
        }),
    ),
    (
        "forwarding of IPv6",
        |text| replaced(text, "no ipv6 forwarding", ""),
        None,
    ),
];

struct Oracle {
    lab: Lab,
    bench: Bench,
    failures: Vec<String>,
    unproven: BTreeSet<String>,
}

impl Oracle {
    async fn text(&self) -> String {
        let texts = self.bench.texts(&[self.lab.router(ROUTER)]).await;
        texts[ROUTER].clone()
    }

    /// Plans and deploys one change; none when there is no proof, and so nothing is sent.
    async fn change(&mut self, name: &str, intended: String) -> Option<Deployment> {
        let router = [self.lab.router(ROUTER)];
        let plan = self.bench.plan(&router, |_| intended.clone()).await;
        if let Some(reasons) = unproven(&plan) {
            eprintln!("{name}: not proven: {reasons}");
            self.unproven.insert(name.to_owned());
            return None;
        }
        let deployment = self.bench.deploy(&plan, &router).await;
        let report = device(&deployment, ROUTER);
        if (report.outcome, report.saved) != (DeviceOutcome::Changed, true) {
            self.failures.push(format!("{name}: {report:#?}"));
            return None;
        }
        Some(deployment)
    }

    async fn back(&mut self, name: &str, deployment: &Deployment, before: &str) {
        let router = [self.lab.router(ROUTER)];
        let back = self.bench.roll_back(deployment, &router).await;
        let report = device(&back, ROUTER);
        let is_exact = report.rollback == Some(RollbackOutcome::Exact);
        if !is_exact || self.text().await != before {
            self.failures.push(format!("{name}, back: {report:#?}"));
        }
    }

    async fn case(&mut self, (name, first, second): &Case) {
        let before = self.text().await;
        let Some(done) = self.change(name, first(&before)).await else {
            return;
        };
        if let Some(second) = second {
            let between = self.text().await;
            if let Some(done) = self.change(name, second(&before)).await {
                self.back(name, &done, &between).await;
            }
        }
        self.back(name, &done, &before).await;
    }
}

fn unproven(plan: &Plan) -> Option<String> {
    match &plan.device(ROUTER)?.proof {
        DeviceProof::Unproven { reasons } => Some(reasons.join("; ")),
        DeviceProof::Proven { .. } => None,
    }
}

/// FRR 8.4.4 keeps a host name typed in vtysh to that session (recorded): a new login shows the old one.
#[tokio::test]
async fn what_a_router_takes_and_does_not_keep_is_found_and_taken_back() {
    let (lab, bench) = (Lab::take(), Bench::new().await);
    let router = [lab.router(ROUTER)];
    let before = bench.texts(&router).await;
    let rename = |text: &str| replaced(text, "hostname r1", "hostname edge-1");
    let plan = bench.plan(&router, rename).await;
    let mut options = DeployOptions::default();
    options.allow_unproven = true;
    let deployment = bench.engine.deploy(&plan.id, &router, &options).await;
    let deployment = deployment.unwrap();
    let report = device(&deployment, ROUTER);
    let error = report.error.clone().expect("found");
    assert_eq!(error.kind, ErrorKind::VerificationFailed);
    assert_eq!(report.outcome, DeviceOutcome::RolledBack, "{report:?}");
    assert_eq!(bench.texts(&router).await, before);
}

/// Recorded, FRR 8.4.4: `This is a loopback interface. Can't set network type.`
#[tokio::test]
async fn a_refusal_in_words_of_its_own_is_a_refusal() {
    let (lab, bench) = (Lab::take(), Bench::new().await);
    let router = [lab.router(ROUTER)];
    let kind = |text: &str| in_section(text, "interface lo", " ip ospf network point-to-point");
    let plan = bench.plan(&router, kind).await;
    let mut options = DeployOptions::default();
    options.allow_unproven = true;
    let deployment = bench.engine.deploy(&plan.id, &router, &options).await;
    let deployment = deployment.unwrap();
    let report = device(&deployment, ROUTER);
    let error = report.error.clone().expect("refused");
    assert_eq!(error.kind, ErrorKind::CommandRejected, "{error:?}");
    assert_eq!(report.rollback, Some(RollbackOutcome::Exact));
}

#[tokio::test]
async fn changes_of_every_sort_arrive_as_proven_and_go_back_exactly() {
    let (lab, bench) = (Lab::take(), Bench::new().await);
    let mut oracle = Oracle {
        lab,
        bench,
        failures: Vec::new(),
        unproven: BTreeSet::new(),
    };
    let before = oracle.text().await;
    for case in CASES {
        let started = std::time::Instant::now();
        oracle.case(case).await;
        eprintln!("{}: {:.1?}", case.0, started.elapsed());
    }
    assert_eq!(oracle.text().await, before);
    assert!(oracle.unproven.is_empty(), "{:?}", oracle.unproven);
    assert!(oracle.failures.is_empty(), "{}", oracle.failures.join("\n"));
}
