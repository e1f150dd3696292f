//! One safe change, end to end: collect, capture, diff, plan, prove, deploy, roll back, report.

#![allow(
    clippy::print_stdout,
    reason = "it talks to the person at the terminal"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use netsnap_core::capture::{Capture, CaptureOptions};
use netsnap_core::collect::CollectOptions;
use netsnap_core::deploy::DeployOptions;
use netsnap_core::diff::render;
use netsnap_core::engine::{PlanTarget, PlanningOptions};
use netsnap_core::model::{Deployment, DeviceOutcome, Inventory, Plan, RollbackOutcome, Snapshot};
use netsnap_core::report::terminal;
use netsnap_core::{Error, ErrorKind, Netsnap, Result};
use tokio_util::sync::CancellationToken;

use crate::progress::{self, Until};
use crate::{change, console};

/// Where the ring runs and what it leaves.
#[derive(Clone, Debug)]
pub struct Ring {
    /// The engine, with its store.
    pub engine: Netsnap,
    /// The devices.
    pub inventory: Inventory,
    /// Where the page goes.
    pub reports: PathBuf,
    /// Fires at Ctrl-C.
    pub cancel: CancellationToken,
}

impl Ring {
    /// Runs the whole ring and says what happened; success means that every device is back byte for byte.
    ///
    /// # Errors
    /// Those of the engine's verbs; `VerificationFailed` when a device is not exactly where it was.
    pub async fn run(&self) -> Result<ExitCode> {
        self.collect().await?;
        let before = self.capture().await?;
        let plan = self.plan(&before.snapshots).await?;
        let deployment = self.deploy(&plan).await?;
        let rollback = self.roll_back(&deployment).await?;
        self.report(&before, &deployment, &rollback).await?;
        judge(&plan, &deployment, &rollback)
    }

    async fn collect(&self) -> Result<()> {
        heading("Collect", "commands on every device, recorded");
        let mut options = CollectOptions::default();
        options.cancel = self.cancel.clone();
        let commands = [
            "show version".to_owned(),
            "show ip ospf neighbor".to_owned(),
        ];
        let run = self
            .shown(
                self.engine
                    .collect(&self.inventory.devices, &commands, &options),
            )
            .await?;
        print!(
            "{}",
            terminal::summary(&run.execution, &run.devices, &console::layout())
        );
        first_error(run.devices.iter().filter_map(|device| device.error.clone()))
    }

    async fn capture(&self) -> Result<Capture> {
        heading(
            "Capture",
            "running configurations, proven to be whole, as snapshots",
        );
        let mut options = CaptureOptions::default();
        options.cancel = self.cancel.clone();
        let capture = self
            .shown(self.engine.capture(&self.inventory.devices, &options))
            .await?;
        print!(
            "{}",
            terminal::summary(&capture.execution, &capture.devices, &console::layout())
        );
        first_error(
            capture
                .devices
                .iter()
                .filter_map(|device| device.error.clone()),
        )?;
        Ok(capture)
    }

    async fn plan(&self, before: &[Snapshot]) -> Result<Plan> {
        heading(
            "Diff and plan",
            "from running to intended, frozen and proven before a byte is sent",
        );
        let mut targets = Vec::new();
        for snapshot in before {
            let running = self.engine.snapshot_text(&snapshot.id).await?;
            let intended = change::intended(&running)?;
            print!("{}", diff(&snapshot.subject, &running, &intended));
            targets.push(PlanTarget {
                device: snapshot.subject.clone(),
                intended,
                snapshot: Some(snapshot.id),
            });
        }
        // One device goes first, as a careful person would have it, then half of them at a time.
        let options = PlanningOptions {
            wave_size: Some(targets.len().div_ceil(2)),
            ..PlanningOptions::default()
        };
        let plan = self.engine.plan(&targets, &options).await?;
        print!("\n{}", terminal::plan(&plan, &console::layout()));
        Ok(plan)
    }

    async fn deploy(&self, plan: &Plan) -> Result<Deployment> {
        heading(
            "Deploy",
            "compare, send, read back over a new login, check the neighbours, save",
        );
        let deployment = self
            .shown(
                self.engine
                    .deploy(&plan.id, &self.inventory.devices, &self.options()),
            )
            .await?;
        print!("{}", terminal::deployment(&deployment, &console::layout()));
        Ok(deployment)
    }

    async fn roll_back(&self, deployment: &Deployment) -> Result<Deployment> {
        heading(
            "Roll back",
            "from what each device shows now to the snapshot taken before",
        );
        let rollback = self
            .shown(self.engine.rollback(
                &deployment.execution,
                &self.inventory.devices,
                &self.options(),
            ))
            .await?;
        print!("{}", terminal::deployment(&rollback, &console::layout()));
        Ok(rollback)
    }

    /// Does some work with its progress on the terminal.
    async fn shown<T>(&self, work: impl Future<Output = T>) -> T {
        let until = Until {
            done: CancellationToken::new(),
            interrupted: self.cancel.clone(),
        };
        let done = until.done.clone();
        let showing = tokio::spawn(progress::show(self.engine.watch(), until));
        let result = work.await;
        done.cancel();
        // The display is for people: if it fails, the work has not.
        drop(showing.await);
        result
    }

    fn options(&self) -> DeployOptions {
        let mut options = DeployOptions::default();
        options.cancel = self.cancel.clone();
        options
    }

    async fn report(
        &self,
        before: &Capture,
        deployment: &Deployment,
        rollback: &Deployment,
    ) -> Result<()> {
        heading("Report", "where everything is");
        let runs = [
            before.execution.id.clone(),
            deployment.execution.clone(),
            rollback.execution.clone(),
        ];
        let page = self.engine.report(&runs).await?;
        let path = write_page(
            &self.reports,
            &format!("{}.html", deployment.execution),
            &page,
        )?;
        println!("  page      {}", path.display());
        for run in &runs {
            println!("  run       {run}");
        }
        Ok(())
    }
}

fn heading(title: &str, purpose: &str) {
    println!("\n== {title}: {purpose}");
}

/// The structure on one line each, and the text side by side where it fits.
fn diff(device: &str, running: &str, intended: &str) -> String {
    let layout = console::layout();
    match layout.width {
        width if width >= 100 => format!(
            "\n{device}\n{}",
            render::side_by_side(running, intended, width, layout.color)
        ),
        _ => render::unified(
            running,
            intended,
            &format!("{device} running"),
            &format!("{device} intended"),
            2,
        ),
    }
}

fn first_error(mut errors: impl Iterator<Item = netsnap_core::ErrorReport>) -> Result<()> {
    errors.next().map_or(Ok(()), |error| Err(error.into()))
}

fn write_page(folder: &Path, name: &str, page: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, page))
        .map_err(|error| {
            Error::new(ErrorKind::Storage, "the page cannot be written")
                .with("path", path.display())
                .because(error)
        })?;
    Ok(path.canonicalize().unwrap_or(path))
}

/// The ring is closed when every device was changed and is back byte for byte.
fn judge(plan: &Plan, deployment: &Deployment, rollback: &Deployment) -> Result<ExitCode> {
    let changed = deployment
        .devices
        .iter()
        .all(|device| device.outcome == DeviceOutcome::Changed && device.saved);
    let exact = |device: &netsnap_core::model::DeviceDeployment| {
        let snapshot = plan.device(&device.device).map(|planned| planned.running);
        device.rollback == Some(RollbackOutcome::Exact) && device.after == snapshot
    };
    if changed && rollback.devices.iter().all(exact) {
        println!("\nEvery device was changed, checked and saved, and is back byte for byte.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nThe ring is not closed: see the page and the runs above.");
    Ok(ExitCode::FAILURE)
}
