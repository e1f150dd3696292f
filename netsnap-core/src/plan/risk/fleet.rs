//! How much can go wrong with a whole plan?

use crate::model::{DevicePlan, DeviceProof, Risk, RiskClass, RiskLevel, RiskReason, Wave};
use crate::plan::Schedule;

/// Puts the risks of devices together with what comes of changing several of them.
pub(in crate::plan) fn plan_risk(
    devices: &[DevicePlan],
    waves: &[Wave],
    schedule: &Schedule,
) -> Risk {
    let mut reasons: Vec<RiskReason> = devices.iter().filter_map(of_device).collect();
    reasons.extend(waves.iter().enumerate().filter_map(|(number, wave)| {
        let together = seen(devices, &wave.devices);
        (together.len() > 1).then(|| RiskReason {
            level: RiskClass::Fleet.level(),
            kind: RiskClass::Fleet,
            text: format!(
                "wave {} changes {} devices at once",
                number + 1,
                together.len()
            ),
        })
    }));
    reasons.extend(schedule.redundancy.iter().filter_map(|group| {
        let both = seen(devices, group);
        (both.len() > 1).then(|| RiskReason {
            level: RiskClass::Fleet.level(),
            kind: RiskClass::Fleet,
            text: format!(
                "devices that stand in for each other all change: {}",
                both.join(", ")
            ),
        })
    }));
    let unproven: Vec<&str> = devices.iter().filter(is_unproven).map(name).collect();
    let highest = reasons.iter().map(|reason| reason.level).max();
    if let (Some(highest), false) = (highest, unproven.is_empty()) {
        reasons.push(RiskReason {
            level: highest,
            kind: RiskClass::Unproven,
            text: format!("not proven: {}", unproven.join(", ")),
        });
    }
    Risk::of(reasons)
}

fn name(device: &DevicePlan) -> &str {
    &device.device
}

fn is_unproven(device: &&DevicePlan) -> bool {
    matches!(device.proof, DeviceProof::Unproven { .. }) && !device.steps.is_empty()
}

/// The highest reason of a device, with its name.
fn of_device(device: &DevicePlan) -> Option<RiskReason> {
    let highest = device.risk.as_ref()?.reasons.first()?;
    Some(RiskReason {
        text: format!("{}: {}", device.device, highest.text),
        ..highest.clone()
    })
}

/// The devices of a list whose change somebody may notice.
fn seen<'d>(devices: &'d [DevicePlan], names: &[String]) -> Vec<&'d str> {
    let is_seen = |device: &&DevicePlan| {
        let risk = device.risk.as_ref();
        names.contains(&device.device) && risk.is_some_and(|risk| risk.level > RiskLevel::Low)
    };
    devices.iter().filter(is_seen).map(name).collect()
}
