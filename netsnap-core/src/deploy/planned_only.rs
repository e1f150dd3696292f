//! Is there a device in the plan that a person has to change? Some platforms are planned, and neither read nor changed here.

use crate::error::{Error, ErrorKind, Result};
use crate::model::{DevicePlan, Plan};
use crate::platform::Platform;

/// Refuses a plan that changes such a device, before any device is asked.
///
/// # Errors
/// `Unsupported`.
pub(super) fn check(plan: &Plan) -> Result<()> {
    for device in &plan.devices {
        let is_idle = device.steps.is_empty();
        if !is_idle && Platform::named(&device.platform)?.configuration.is_none() {
            return Err(refused(device));
        }
    }
    Ok(())
}

fn refused(device: &DevicePlan) -> Error {
    let error = Error::new(
        ErrorKind::Unsupported,
        "devices of this platform are planned for and not changed",
    )
    .during("deploy")
    .with("device", &device.device)
    .with("platform", &device.platform);
    match &device.native_replace {
        None => error.hint("nothing was sent; type the commands of the plan by hand (show_plan lists them), and plan the other devices by themselves"),
        Some(replace) => error
            .with("native_replace", replace.commands.join("; "))
            .hint("nothing was sent; replace the whole configuration by hand as native_replace says, or type the commands of the plan (show_plan lists them), and plan the other devices by themselves"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Configuration;
    use crate::plan::{DeploymentPlanner as _, PlanInput, PlanOptions, Remediator};

    fn plan(platform: &str, running: &str, intended: &str) -> Plan {
        let platform = Platform::named(platform).unwrap();
        let read = |text: &str| Configuration::parse(text, &platform).unwrap();
        let input = PlanInput {
            device: "r1".into(),
            running: read(running),
            intended: read(intended),
            snapshot: None,
            platform: platform.clone(),
        };
        Remediator.plan(&[input], &PlanOptions::default()).unwrap()
    }

    #[test]
    fn a_device_that_cannot_be_changed_is_refused_with_what_a_person_can_do() {
        let junos = |name: &str| format!("system {{\n    host-name {name};\n}}\n");
        for (platform, running, intended) in [
            ("juniper_junos", &*junos("r1"), &*junos("r2")),
            ("cisco_iosxr", "hostname r1\n", "hostname r2\n"),
            ("huawei_vrp", "sysname r1\n", "sysname r2\n"),
            (
                "drivenets_dnos",
                "system\n  name r1\n!\n",
                "system\n  name r2\n!\n",
            ),
            (
                "nokia_sros",
                "configure {\n    system {\n        name \"r1\"\n    }\n}\n",
                "configure {\n    system {\n        name \"r2\"\n    }\n}\n",
            ),
        ] {
            let error = check(&plan(platform, running, intended)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{platform}");
            let report = error.report();
            assert_eq!(report.context["platform"], platform);
            let hint = report.hint.unwrap();
            assert!(hint.contains("show_plan"), "{hint}");
            assert!(check(&plan(platform, running, running)).is_ok());
        }
        assert!(check(&plan("cisco_ios", "hostname r1\n", "hostname r2\n")).is_ok());
    }

    #[test]
    fn the_commands_that_replace_everything_are_named() {
        let text = |line: &str| format!("hostname r1\n{line}");
        let unknown = text("frobnicate all of it\n");
        let plan = plan("cisco_iosxr", &text(""), &unknown);
        let replace = plan.devices[0].native_replace.clone().unwrap();
        let report = check(&plan).unwrap_err().report();
        assert_eq!(
            report.context["native_replace"],
            replace.commands.join("; ")
        );
        assert!(report.hint.unwrap().contains("native_replace"));
    }
}
