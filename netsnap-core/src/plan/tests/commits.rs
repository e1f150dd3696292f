//! What stands around a plan of several commits?

use super::*;

const XR: &str = "cisco_iosxr";

fn device(running: &str, intended: &str) -> DevicePlan {
    let [running, intended] = [running, intended].map(|text| format!("hostname r1\n{text}"));
    let plan = plan(XR, &running, &intended).unwrap();
    verify(&plan).unwrap();
    plan.devices.into_iter().next().unwrap()
}

fn port(vrf: &str) -> String {
    let address = "ipv4 address 10.0.0.1 255.255.255.0";
    format!("vrf A\nvrf B\ninterface Loopback1\n vrf {vrf}\n {address}\n")
}

fn place_of_commit(device: &DevicePlan) -> Option<usize> {
    device.steps.iter().position(|step| step.line == "commit")
}

#[test]
fn what_is_in_force_in_between_has_a_way_back() {
    let device = device(&port("A"), &port("B"));
    let DeviceProof::Proven { beginnings, .. } = device.proof else {
        panic!("{:?}", device.proof);
    };
    assert_eq!((place_of_commit(&device), beginnings), (Some(1), 1));
    assert!(device.steps[1].section.is_empty());
}

#[test]
fn a_commit_in_between_is_taken_back_by_no_line_and_costs_what_is_missing_until_the_next() {
    let device = device(&port("A"), &port("B"));
    assert_eq!(device.undo[1], [] as [usize; 0]);
    assert!(device.undo.iter().flatten().next().is_some());
    let reason = &device.step_risks[1].reason;
    assert_eq!(
        reason,
        "what goes with this commit is missing until the next one"
    );
}

#[test]
fn the_own_way_back_of_the_platform_leads_over_all_commits() {
    let two = device(&port("A"), &port("B"));
    assert_eq!(
        two.native_rollback.as_deref(),
        Some("rollback configuration last 2")
    );
    let one = device("vrf A\n", "vrf A\n description a\n");
    assert_eq!(place_of_commit(&one), None);
    assert_eq!(
        one.native_rollback.as_deref(),
        Some("rollback configuration last 1")
    );
}

/// The VRF of the interface is not there.
#[test]
fn what_the_device_refuses_in_between_is_not_proven() {
    let (running, intended) = (port("A"), port("B").replace("vrf B\ni", "i"));
    let device = device(&running, &intended);
    let DeviceProof::Unproven { reasons } = device.proof else {
        panic!("proven");
    };
    assert!(
        reasons[0].contains("vrf B referenced but not defined"),
        "{reasons:?}"
    );
}

#[test]
fn we_do_not_cut_the_branch_that_we_sit_on() {
    let way = ManagementPath {
        interface: Some("Loopback1".into()),
        ..ManagementPath::default()
    };
    let options = PlanOptions {
        management: [("r1".to_owned(), way)].into(),
        ..PlanOptions::default()
    };
    let plan = Remediator.plan(&[input(XR, &port("A"), &port("B"))], &options);
    let DeviceProof::Unproven { reasons } = &plan.unwrap().devices[0].proof else {
        panic!("proven");
    };
    assert!(
        reasons[0].contains("touches the way by which the device is managed"),
        "{reasons:?}"
    );
}
