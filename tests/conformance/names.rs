//! Names from outside are never paths.

use std::path::Path;

use netsnap_core::ErrorKind;
use netsnap_core::collect::CollectOptions;
use netsnap_core::model::DeviceOutcome;
use netsnap_tests::change::with_route;
use netsnap_tests::{Bed, device, files};

/// A path to above the store, and a word that nobody else has there.
const HOSTILE: &str = "../../netsnap-is-not-to-make-this";

#[tokio::test]
async fn a_device_named_like_a_path_stays_inside_the_store_and_reads_back() {
    let bed = Bed::ring(1).await;
    let mut hostile = bed.devices();
    hostile[0].name = HOSTILE.to_owned();
    let command = "show running-config".to_owned();
    let run = bed
        .engine
        .collect(
            &hostile,
            std::slice::from_ref(&command),
            &CollectOptions::default(),
        )
        .await
        .unwrap();
    let output = bed.engine.output(&run.execution.id, HOSTILE, &command);
    let before = output.await.unwrap().text().into_owned();
    assert_eq!(before, bed.network.running("r1").unwrap());

    let plan = bed.plan(&hostile, with_route).await;
    let deployment = bed.deploy(&plan, &hostile).await;
    assert_eq!(device(&deployment, HOSTILE).outcome, DeviceOutcome::Changed);
    bed.roll_back(&deployment, &hostile).await;
    let history = bed.engine.history(HOSTILE, &Default::default()).await;
    let newest = history.unwrap().items.remove(0);
    assert_eq!(bed.engine.snapshot_text(&newest.id).await.unwrap(), before);
    for file in files(bed.folder.path()) {
        assert!(
            file.starts_with(bed.folder.path().join("store")),
            "{file:?}"
        );
    }
    let escaped = Path::new(HOSTILE).file_name().unwrap();
    for above in bed.folder.path().ancestors().skip(1) {
        assert!(!above.join(escaped).exists(), "{above:?}");
    }
    bed.assert_as_before();
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_command_with_a_slash_is_recorded_under_its_own_name() {
    let bed = Bed::ring(1).await;
    let commands = [
        "show ip route 10.0.0.0/16".to_owned(),
        "show ../../../x".to_owned(),
    ];
    let run = bed
        .engine
        .collect(&bed.devices(), &commands, &CollectOptions::default())
        .await
        .unwrap();
    let listed = bed.engine.outputs(&run.execution.id).await.unwrap();
    let listed: Vec<_> = listed.into_iter().map(|output| output.command).collect();
    assert_eq!(listed, commands);
    for command in &commands {
        let output = bed.engine.output(&run.execution.id, "r1", command).await;
        assert_eq!(&output.unwrap().summary.command, command);
    }
    for file in files(bed.folder.path()) {
        assert!(
            file.starts_with(bed.folder.path().join("store")),
            "{file:?}"
        );
    }
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_command_with_a_line_end_is_refused_before_anything_is_sent_or_recorded() {
    let bed = Bed::ring(1).await;
    for command in [
        "show version\nreload",
        "show version\r",
        "show\0version",
        " ",
        "",
    ] {
        let error = bed
            .engine
            .collect(
                &bed.devices(),
                &[command.to_owned()],
                &CollectOptions::default(),
            )
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.report().hint.is_some());
    }
    assert_eq!(bed.network.connections().accepted, 0);
    let runs = bed
        .engine
        .list_executions(&Default::default())
        .await
        .unwrap();
    assert!(runs.items.is_empty());
    bed.assert_clean().await;
}
