//! A password is used and never written.

use netsnap_core::collect::CollectOptions;
use netsnap_core::model::Secret;
use netsnap_core::sim::Topology;
use netsnap_tests::change::with_route;
use netsnap_tests::{Bed, Bench, files};

const PASSWORD: &str = "correct-horse-battery-staple";
const WRONG: &str = "wrong-horse-battery-staple";

fn topology() -> Topology {
    Topology {
        password: Some(PASSWORD.to_owned()),
        ..Topology::ring(2)
    }
}

async fn run_everything(bed: &Bed) -> String {
    let plan = bed.plan(&bed.devices(), with_route).await;
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    assert!(deployment.succeeded());
    let back = bed.roll_back(&deployment, &bed.devices()).await;
    let mut refused = bed.device("r1");
    refused.password = Some(Secret::Literal(WRONG.to_owned()));
    let options = CollectOptions::default();
    let commands = ["show version".to_owned()];
    let run = bed.engine.collect(&[refused], &commands, &options).await;
    let runs = [
        deployment.execution,
        back.execution,
        run.unwrap().execution.id,
    ];
    bed.engine.report(&runs).await.unwrap()
}

fn assert_nowhere(bed: &Bed) {
    let files = files(bed.folder.path());
    assert!(!files.is_empty());
    for file in files {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("horse-battery"), "{}", file.display());
        assert!(!file.to_string_lossy().contains("horse-battery"));
    }
}

#[tokio::test]
async fn no_password_is_in_a_store_of_files_or_on_the_page() {
    let bed = Bed::of(topology(), Bench::new().await).await;
    let page = run_everything(&bed).await;
    assert!(!page.contains("horse-battery"));
    assert_nowhere(&bed);
    bed.assert_clean().await;
}

#[tokio::test]
async fn no_password_is_in_a_database() {
    let bed = Bed::of(topology(), Bench::at("sqlite:{}/runs.db").await).await;
    run_everything(&bed).await;
    assert_nowhere(&bed);
    bed.assert_clean().await;
}
