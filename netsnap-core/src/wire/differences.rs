//! Which verbs of differences are there, and what does each take?

use serde::Deserialize;
use serde_json::json;

use super::Request;
use super::public::text;
use crate::diff::FleetLimits;
use crate::engine::{DeviceText, FleetTarget, Netsnap, ShowFleetOptions, ShowTopologyOptions};
use crate::error::Result;
use crate::report::TextOptions;

/// The verbs of differences, in the order of the engine.
pub(super) const VERBS: &[&str] = &[
    "diff_text",
    "domains",
    "snapshot_domains",
    "diff_domains",
    "diff_fleet",
    "show_fleet_diff",
    "show_topology_diff",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfConfiguration {
    platform: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TwoFleets {
    before: Vec<DeviceText>,
    after: Vec<DeviceText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfFleet {
    fleet: Vec<FleetTarget>,
    #[serde(default)]
    changes: Option<usize>,
    #[serde(default)]
    commands: Option<usize>,
}

/// Carries out a verb of differences.
///
/// # Errors
/// `InvalidInput` for arguments that do not fit; those of the verb.
pub(super) async fn dispatch(engine: &Netsnap, request: &Request) -> Result<String> {
    match request.verb.as_str() {
        "diff_text" => {
            let ([before, after], options): (_, TextOptions) =
                request.named(["before", "after"])?;
            text(&Netsnap::diff_text_as(&before, &after, &options))
        }
        "domains" => {
            let ([configuration], asked) = request.named(["configuration"])?;
            let OfConfiguration { platform } = asked;
            text(&Netsnap::domains(&platform, &configuration)?)
        }
        "snapshot_domains" => text(&engine.snapshot_domains(&request.id()?.parse()?).await?),
        "diff_domains" => {
            let asked: TwoFleets = request.arguments()?;
            text(&Netsnap::diff_domains(&asked.before, &asked.after)?)
        }
        "diff_fleet" => diff_fleet(&request.arguments()?),
        "show_fleet_diff" => show_fleet_diff(request),
        _ => {
            let ([before, after], options): (_, ShowTopologyOptions) =
                request.named(["before", "after"])?;
            let (before, after) = (before.parse()?, after.parse()?);
            text(&engine.show_topology_diff(&before, &after, &options).await?)
        }
    }
}

fn diff_fleet(asked: &OfFleet) -> Result<String> {
    let default = FleetLimits::default();
    let limits = FleetLimits {
        changes: asked.changes.unwrap_or(default.changes),
        commands: asked.commands.unwrap_or(default.commands),
    };
    let diff = Netsnap::diff_fleet(&asked.fleet, &limits)?;
    let mut value = serde_json::to_value(&diff).map_err(super::public::unwritable)?;
    value["empty"] = json!(diff.is_empty());
    for (place, device) in diff.devices.iter().enumerate() {
        value["devices"][place]["diff"]["empty"] = json!(device.diff.is_empty());
    }
    text(&value)
}

fn show_fleet_diff(request: &Request) -> Result<String> {
    let mut fields: serde_json::Map<String, serde_json::Value> = request.arguments()?;
    let fleet = fields.remove("fleet").unwrap_or_default();
    let fleet: Vec<FleetTarget> = super::arguments::parse(&request.verb, &fleet.to_string())?;
    let options = serde_json::Value::Object(fields).to_string();
    let options: ShowFleetOptions = super::arguments::parse(&request.verb, &options)?;
    text(&Netsnap::show_fleet_diff(&fleet, &options)?)
}
