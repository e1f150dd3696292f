//! The verbs of differences: what a fleet, a topology and its layer 2 domains were and shall be.

mod options;

use std::sync::Arc;

use jiff::Timestamp;

pub use self::options::{
    DeviceText, FleetFormat, FleetTarget, ShowFleetOptions, ShowTopologyOptions, TopologyFormat,
};
use super::Netsnap;
use crate::config::Configuration;
use crate::diff::render::patch;
use crate::diff::{DeploymentDiff, FleetDevice, FleetLimits, deployment_diff};
use crate::domain::{self, DomainDiff, Domains, Fleet};
use crate::error::{Error, ErrorKind, Result};
use crate::event::EventKind;
use crate::id::{ExecutionId, SnapshotId};
use crate::model::DevicePlan;
use crate::plan::{DeploymentPlanner, PlanInput, PlanOptions, Remediator};
use crate::platform::Platform;
use crate::redact::secrets;
use crate::report::html::Sides;
use crate::report::{
    self, DeviceDiff, ShowFormat, ShowOptions, TextOptions, show_fleet, show_fleet_texts,
    show_topology, topology_difference,
};
use crate::snapshot::{SnapshotService, StoredSnapshots};
use crate::topology::{Topology, TopologyDiff};

/// Events that are read at once.
const CHUNK: usize = 1_000;

impl Netsnap {
    /// Returns the difference of two texts in the form that is asked for.
    ///
    /// Every form shows the texts as they are: secrets in them are not masked, as they are in what
    /// [`diff_config`](Self::diff_config) returns.
    #[must_use]
    pub fn diff_text_as(before: &str, after: &str, options: &TextOptions) -> String {
        report::text_difference(before, after, options)
    }

    /// Returns the VLANs and bridge domains of a configuration: who is in them, where they end, what is orphaned.
    ///
    /// # Errors
    /// `Unsupported` for an unknown platform; `ConfigurationInvalid`.
    pub fn domains(platform: &str, configuration: &str) -> Result<Domains> {
        domain::domains(&parsed(platform, configuration)?, platform)
    }

    /// Returns the VLANs and bridge domains of a snapshot.
    ///
    /// # Errors
    /// `NotFound`; `Unsupported`; `Corrupt`; `Storage`.
    pub async fn snapshot_domains(&self, id: &SnapshotId) -> Result<Domains> {
        let snapshots = StoredSnapshots::new(Arc::clone(&self.context.store));
        let snapshot = snapshots.snapshot(id).await?;
        Self::domains(&snapshot.platform, &snapshots.text(id).await?)
    }

    /// Compares the VLANs and bridge domains of two fleets: added, removed, changed, and moved to another device.
    ///
    /// # Errors
    /// `InvalidInput` for a device named twice; `Unsupported`; `ConfigurationInvalid`.
    pub fn diff_domains(before: &[DeviceText], after: &[DeviceText]) -> Result<DomainDiff> {
        Ok(domain::diff_domains(&fleet(before)?, &fleet(after)?))
    }

    /// Compares what a fleet runs with what it shall run: devices that come, change and go, the commands of each, VLANs and bridge
    /// domains, and what is touched. Nothing is sent, and no secret is in the result.
    ///
    /// # Errors
    /// `InvalidInput` for a device named twice or without any configuration; `Unsupported`; `ConfigurationInvalid`.
    pub fn diff_fleet(targets: &[FleetTarget], limits: &FleetLimits) -> Result<DeploymentDiff> {
        let mut names = std::collections::BTreeSet::new();
        if let Some(twice) = targets.iter().find(|target| !names.insert(&target.device)) {
            return Err(named_twice(&twice.device));
        }
        let read = targets.iter().map(Read::of).collect::<Result<Vec<_>>>()?;
        let devices: Vec<FleetDevice<'_>> = read.iter().map(Read::device).collect();
        let mut diff = deployment_diff(&devices, limits);
        diff.remarks
            .extend(read.iter().filter_map(|read| read.remark.clone()));
        Ok(diff)
    }

    /// Shows what a deployment would change over a fleet.
    ///
    /// # Errors
    /// As [`Netsnap::diff_fleet`].
    pub fn show_fleet_diff(targets: &[FleetTarget], options: &ShowFleetOptions) -> Result<String> {
        let diff = Self::diff_fleet(targets, &FleetLimits::default())?;
        let format = match options.format {
            FleetFormat::Terminal => ShowFormat::Terminal,
            FleetFormat::Markdown => ShowFormat::Markdown,
            FleetFormat::Html => ShowFormat::Html,
            FleetFormat::HtmlSideBySide | FleetFormat::HtmlInline => {
                let sides = match options.format {
                    FleetFormat::HtmlInline => Sides::Inline,
                    _ => Sides::Beside,
                };
                let texts = fleet_texts(targets, &diff);
                return Ok(show_fleet_texts(&diff, &texts, sides, options.limit));
            }
            FleetFormat::Patch => return Ok(fleet_patch(targets)),
        };
        let options = ShowOptions {
            format,
            width: options.width,
            color: options.color,
            limit: options.limit,
        };
        Ok(show_fleet(&diff, &options))
    }

    /// Compares the topologies of two runs: devices, links and costs, and the VLANs and bridge domains of the configurations that both
    /// runs captured.
    ///
    /// # Errors
    /// As [`Netsnap::topology`].
    pub async fn diff_topology(
        &self,
        before: &ExecutionId,
        after: &ExecutionId,
    ) -> Result<TopologyDiff> {
        self.topologies(before, after)
            .await
            .map(|(_, _, diff)| diff)
    }

    /// Shows what is different between the topologies of two runs.
    ///
    /// # Errors
    /// As [`Netsnap::topology`].
    pub async fn show_topology_diff(
        &self,
        before: &ExecutionId,
        after: &ExecutionId,
        options: &ShowTopologyOptions,
    ) -> Result<String> {
        let (before, after, diff) = self.topologies(before, after).await?;
        let format = match options.format {
            TopologyFormat::Terminal => ShowFormat::Terminal,
            TopologyFormat::Markdown => ShowFormat::Markdown,
            TopologyFormat::Html => ShowFormat::Html,
            TopologyFormat::Svg => return Ok(topology_difference(&before, &after, &diff)),
        };
        let options = ShowOptions {
            format,
            width: options.width,
            color: options.color,
            limit: options.limit,
        };
        Ok(show_topology(&diff, &options))
    }

    async fn topologies(
        &self,
        before: &ExecutionId,
        after: &ExecutionId,
    ) -> Result<(Topology, Topology, TopologyDiff)> {
        let (mut old, mut new) = (
            self.run_domains(before).await?,
            self.run_domains(after).await?,
        );
        // A device that only one of the runs captured tells nothing about what came or went.
        old.retain(|device, _| new.contains_key(device));
        new.retain(|device, _| old.contains_key(device));
        let (before, after) = (self.topology(before).await?, self.topology(after).await?);
        let mut diff = crate::topology::compare(&before, &after);
        diff.domains = domain::diff_domains(&old, &new);
        Ok((before, after, diff))
    }

    /// Returns the domains of the configurations that a run captured; a platform that nobody wrote down has none.
    async fn run_domains(&self, id: &ExecutionId) -> Result<Fleet> {
        let mut fleet = Fleet::new();
        let mut from = 1;
        loop {
            let events = self.events(id, from, CHUNK).await?;
            let Some(last) = events.last() else {
                return Ok(fleet);
            };
            from = last.sequence + 1;
            for event in events {
                let snapshot = event.data.get("snapshot").and_then(|id| id.as_str());
                let (EventKind::SnapshotTaken, Some(device), Some(snapshot)) =
                    (event.kind, &event.device, snapshot)
                else {
                    continue;
                };
                match self.snapshot_domains(&snapshot.parse()?).await {
                    Ok(domains) => _ = fleet.insert(device.clone(), domains),
                    Err(error) if error.kind() == ErrorKind::Unsupported => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

fn parsed(platform: &str, text: &str) -> Result<Configuration> {
    Configuration::parse(text, &*Platform::named(platform)?)
}

fn named_twice(device: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "a device was given twice")
        .during("diff_fleet")
        .with("device", device)
}

fn fleet(devices: &[DeviceText]) -> Result<Fleet> {
    let mut fleet = Fleet::new();
    for device in devices {
        let domains = Netsnap::domains(&device.platform, &device.configuration)
            .map_err(|error| error.with("device", &device.device))?;
        if fleet.insert(device.device.clone(), domains).is_some() {
            return Err(named_twice(&device.device));
        }
    }
    Ok(fleet)
}

/// The configurations of the devices that something happens to, in their order and without secrets.
fn fleet_texts(targets: &[FleetTarget], diff: &DeploymentDiff) -> Vec<DeviceDiff> {
    let masked = |text: &Option<String>| secrets(text.as_deref().unwrap_or_default()).into_owned();
    let of = |name: &str| targets.iter().find(|target| target.device == name);
    let targets = diff.devices.iter().filter_map(|device| of(&device.device));
    targets
        .map(|target| DeviceDiff {
            device: target.device.clone(),
            before: masked(&target.running),
            after: masked(&target.intended),
        })
        .collect()
}

/// A patch with one file for each device.
fn fleet_patch(targets: &[FleetTarget]) -> String {
    let mut targets: Vec<&FleetTarget> = targets.iter().collect();
    targets.sort_by(|a, b| a.device.cmp(&b.device));
    let one = |target: &FleetTarget| {
        // A name is no path: what would leave the folder stays in the name.
        let name = target.device.replace(['/', '\\'], "_");
        let sides = (target.running.as_deref(), target.intended.as_deref());
        patch(&format!("{name}.cfg"), sides.0, sides.1, 3)
    };
    targets.into_iter().map(one).collect()
}

/// A device of a fleet, read and planned.
struct Read<'t> {
    target: &'t FleetTarget,
    running: Option<Configuration>,
    intended: Option<Configuration>,
    plan: Option<DevicePlan>,
    remark: Option<String>,
}

impl<'t> Read<'t> {
    fn of(target: &'t FleetTarget) -> Result<Self> {
        let read = |text: &Option<String>, side: &'static str| {
            let parse = |text: &String| {
                parsed(&target.platform, text).map_err(|error| {
                    let error = error.during("diff_fleet").with("device", &target.device);
                    error.with("text", side)
                })
            };
            text.as_ref().map(parse).transpose()
        };
        let mut read = Self {
            target,
            running: read(&target.running, "running")?,
            intended: read(&target.intended, "intended")?,
            plan: None,
            remark: None,
        };
        if read.running.is_none() && read.intended.is_none() {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "a device has no configuration at all",
            )
            .during("diff_fleet")
            .with("device", &target.device)
            .hint("give what it runs, what it shall run, or both"));
        }
        read.make_plan()?;
        Ok(read)
    }

    /// A device that cannot be planned is still compared.
    fn make_plan(&mut self) -> Result<()> {
        let (Some(running), Some(intended)) = (&self.running, &self.intended) else {
            return Ok(());
        };
        let input = PlanInput {
            device: self.target.device.clone(),
            platform: Platform::named(&self.target.platform)?,
            running: running.clone(),
            intended: intended.clone(),
            snapshot: None,
        };
        let options = PlanOptions {
            created_at: Timestamp::UNIX_EPOCH,
            ..PlanOptions::default()
        };
        match Remediator.plan(&[input], &options) {
            Ok(plan) => self.plan = plan.devices.into_iter().next(),
            Err(error) => {
                self.remark = Some(format!("{}: no commands: {error}", self.target.device));
            }
        }
        Ok(())
    }

    fn device(&self) -> FleetDevice<'_> {
        FleetDevice {
            device: &self.target.device,
            platform: &self.target.platform,
            running: self.running.as_ref(),
            intended: self.intended.as_ref(),
            address: self.target.address.as_deref(),
            commands: self.plan.as_ref().map_or(&[], |plan| &plan.steps),
            proof: self.plan.as_ref().map(|plan| &plan.proof),
        }
    }
}
