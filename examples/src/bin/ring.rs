//! The quickstart of the README, as it stands there.

#![allow(missing_docs, clippy::print_stdout)]

use netsnap_core::{Netsnap, Result, engine::PlanTarget, model::Inventory};

#[tokio::main]
async fn main() -> Result<()> {
    let engine = Netsnap::open("./netsnap-data").await?;
    let devices = Inventory::from_file("inventory.json".as_ref())?.devices;
    engine
        .collect(&devices, &["show version".into()], &Default::default())
        .await?;

    let mut targets = Vec::new();
    for before in engine
        .capture(&devices, &Default::default())
        .await?
        .snapshots
    {
        let running = engine.snapshot_text(&before.id).await?;
        let intended = running.replace("interface eth1\n", "interface eth1\n ip ospf cost 50\n");
        println!("{}", Netsnap::diff_text(&running, &intended));
        targets.push(PlanTarget {
            device: before.subject,
            intended,
            snapshot: Some(before.id),
        });
    }

    let plan = engine.plan(&targets, &Default::default()).await?;
    assert!(plan.is_proven());
    let deployment = engine
        .deploy(&plan.id, &devices, &Default::default())
        .await?;
    assert!(deployment.succeeded());
    let rollback = engine
        .rollback(&deployment.execution, &devices, &Default::default())
        .await?;
    assert!(rollback.succeeded());
    std::fs::write(
        "report.html",
        engine
            .report(&[deployment.execution, rollback.execution])
            .await?,
    )
    .expect("written");
    Ok(())
}
