//! What another tool read is planned from as what was read here, and what is no configuration is not kept.

use super::*;
use crate::Netsnap;
use crate::engine::{HistoryOptions, ListOptions, PlanTarget, PlanningOptions};

const JUNOS: &str = "system {\n    host-name r1;\n}\n";
const IOS: &str = "hostname r1\n!\nend\n";

/// A configuration of each platform, and what of it is to become what.
const EACH: &[(&str, &str, (&str, &str))] = &[
    ("arista_eos", IOS, ("r1", "r2")),
    ("cisco_ios", IOS, ("r1", "r2")),
    ("cisco_iosxr", IOS, ("r1", "r2")),
    ("cisco_nxos", "hostname r1\n", ("r1", "r2")),
    (
        "drivenets_dnos",
        "system\n  name r1\n!\n",
        ("name r1", "name r2"),
    ),
    ("frr", IOS, ("r1", "r2")),
    ("huawei_vrp", "#\nsysname r1\n#\nreturn\n", ("r1", "r2")),
    ("juniper_junos", JUNOS, ("r1", "r2")),
    (
        "nokia_sros",
        "configure {\n    system {\n        name \"r1\"\n    }\n}\n",
        ("r1", "r2"),
    ),
];

async fn engine() -> Netsnap {
    Netsnap::open("memory:").await.unwrap()
}

#[tokio::test]
async fn a_configuration_of_each_platform_is_kept_and_planned_from() {
    for (platform, text, (from, to)) in EACH {
        let engine = engine().await;
        let options = KeepOptions {
            actor: "anna".into(),
            ..KeepOptions::default()
        };
        let kept = engine
            .keep_configuration("r1", platform, text, &options)
            .await
            .unwrap_or_else(|error| panic!("{platform}: {error:?}"));
        assert_eq!((&*kept.platform, kept.proof), (*platform, Proof::Given));
        assert_eq!(engine.snapshot_text(&kept.id).await.unwrap(), *text);
        let history = engine.history("r1", &HistoryOptions::default()).await;
        assert_eq!(history.unwrap().items, std::slice::from_ref(&kept));

        let run = engine.execution(&kept.execution.unwrap()).await.unwrap();
        assert_eq!(
            (run.kind, run.status, &*run.actor),
            (ExecutionKind::Custom, ExecutionStatus::Succeeded, "anna")
        );
        let results = engine.device_results(&run.id).await.unwrap();
        assert_eq!(results[0].status, DeviceStatus::Ok);

        let target = PlanTarget {
            device: "r1".into(),
            intended: text.replace(from, to),
            snapshot: None,
        };
        let plan = engine.plan(&[target], &PlanningOptions::default()).await;
        let plan = plan.unwrap_or_else(|error| panic!("{platform}: {error:?}"));
        assert_eq!(plan.devices[0].snapshot, Some(kept.id));
        assert!(!plan.devices[0].steps.is_empty(), "{platform}");
    }
}

#[tokio::test]
async fn what_is_no_whole_configuration_is_refused_and_leaves_nothing_behind() {
    let engine = engine().await;
    let late = Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let dead = "hostname r1\nWarning: connecting to ospfd...failed!\nend\n";
    for (device, platform, text, taken_at, kind) in [
        (
            "r1",
            "juniper_junos",
            "system {\n    host-name r1;\n",
            None,
            ErrorKind::ConfigurationInvalid,
        ),
        (
            "r1",
            "cisco_iosxr",
            "hostname r1\n!\n",
            None,
            ErrorKind::OutputTruncated,
        ),
        (
            "r1",
            "huawei_vrp",
            "#\nsysname r1\n",
            None,
            ErrorKind::OutputTruncated,
        ),
        (
            "r1",
            "cisco_ios",
            "hostname r1\n",
            None,
            ErrorKind::OutputTruncated,
        ),
        ("r1", "frr", dead, None, ErrorKind::ConfigurationIncomplete),
        (
            "r1",
            "juniper_junos",
            "\n# only a comment\n",
            None,
            ErrorKind::ConfigurationInvalid,
        ),
        ("r1", "juniper_oops", JUNOS, None, ErrorKind::Unsupported),
        ("", "juniper_junos", JUNOS, None, ErrorKind::InvalidInput),
        (
            "r\n1",
            "juniper_junos",
            JUNOS,
            None,
            ErrorKind::InvalidInput,
        ),
        (
            "r1",
            "juniper_junos",
            JUNOS,
            Some(late),
            ErrorKind::InvalidInput,
        ),
    ] {
        let options = KeepOptions {
            taken_at,
            ..KeepOptions::default()
        };
        let kept = engine.keep_configuration(device, platform, text, &options);
        let error = kept.await.unwrap_err();
        assert_eq!(error.kind(), kind, "{platform}: {text:?}");
        assert_ne!(error.report().operation, "capture", "{text:?}");
    }
    let history = engine.history("r1", &HistoryOptions::default()).await;
    assert!(history.unwrap().items.is_empty());
    let runs = engine.list_executions(&ListOptions::default()).await;
    assert!(runs.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_text_that_does_not_parse_is_refused_with_its_place() {
    let text = "hostname r1\ninterface GigabitEthernet0/0/0/0\n description \u{7}x\nend\n";
    let engine = engine().await;
    let now = KeepOptions::default();
    let kept = engine.keep_configuration("r1", "cisco_iosxr", text, &now);
    let report = kept.await.unwrap_err().report();
    assert_eq!(report.context["line"], "3");
    assert_eq!(report.context["device"], "r1");
    assert!(report.hint.is_some());
}

#[tokio::test]
async fn an_older_text_is_not_the_newest_of_its_device() {
    let engine = engine().await;
    let now = KeepOptions::default();
    let newest = engine.keep_configuration("r1", "juniper_junos", JUNOS, &now);
    let newest = newest.await.unwrap();
    let earlier = KeepOptions {
        taken_at: Some("2026-01-02T03:04:05Z".parse().unwrap()),
        ..KeepOptions::default()
    };
    let text = JUNOS.replace("r1", "r0");
    let older = engine.keep_configuration("r1", "juniper_junos", &text, &earlier);
    let older = older.await.unwrap();
    assert_eq!(Some(older.taken_at), earlier.taken_at);
    let history = engine.history("r1", &HistoryOptions::default()).await;
    assert_eq!(history.unwrap().items, [newest, older]);
}
