//! What helps where nobody can prove that the steps arrive?
//!
//! The steps are typed line by line, and a deployment sends nothing else: where they are proven, they are the safer way, because they
//! touch nothing but what changes. Where they are not, a device that replaces its whole configuration by itself finds its own way
//! there. That is for a person: such a replacement takes away all that the intended configuration does not say.

use super::PlanInput;
use crate::model::{DeviceProof, NativeReplace};
use crate::platform::ReplaceRow;

/// Returns the platform's own replacement where it is the way out: the steps are not proven, and the intended configuration can stand
/// in a file as it is, without a mask where a secret was.
pub(super) fn way_out(
    proof: &DeviceProof,
    input: &PlanInput,
    row: Option<&ReplaceRow>,
) -> Option<NativeReplace> {
    let row = row.filter(|_| !proof.is_proven() && !holds_masks(input))?;
    Some(NativeReplace {
        reason: format!("the steps are not proven, and {}", row.because),
        commands: row.commands.clone(),
        caution: row.caution.clone(),
    })
}

fn holds_masks(input: &PlanInput) -> bool {
    let grammar = &input.platform.grammar;
    let mut lines = input.intended.text().lines();
    lines.any(|line| grammar.is_masked(line))
}

#[cfg(test)]
mod tests {
    use super::super::{DeploymentPlanner as _, PlanOptions, Remediator, verify};
    use super::*;
    use crate::config::Configuration;
    use crate::model::DevicePlan;
    use crate::platform::{Platform, Risks};

    fn plan(platform: &str, running: &str, intended: &str) -> DevicePlan {
        let platform = Platform::named(platform).unwrap();
        let read = |text: &str| Configuration::parse(text, &platform).unwrap();
        let input = PlanInput {
            device: "r1".into(),
            running: read(running),
            intended: read(intended),
            snapshot: None,
            platform: platform.clone(),
        };
        let plan = Remediator.plan(&[input], &PlanOptions::default()).unwrap();
        verify(&plan).unwrap();
        let mut touched = plan.clone();
        touched.devices[0].native_replace = match &plan.devices[0].native_replace {
            Some(_) => None,
            None => Some(NativeReplace {
                reason: String::new(),
                commands: Vec::new(),
                caution: String::new(),
            }),
        };
        assert!(verify(&touched).is_err(), "the id does not cover it");
        plan.devices.into_iter().next().unwrap()
    }

    const JUNOS: &str = "system { host-name r1; }\n";

    #[test]
    fn it_is_named_where_the_steps_are_not_proven_alone() {
        let proven = plan("juniper_junos", JUNOS, "system { host-name r2; }\n");
        assert!(proven.proof.is_proven());
        assert_eq!(proven.native_replace, None);
        let unknown = format!("{JUNOS}frobnicate {{ all; }}\n");
        let unproven = plan("juniper_junos", JUNOS, &unknown);
        assert!(!unproven.proof.is_proven());
        let replace = unproven.native_replace.unwrap();
        assert!(replace.commands.contains(&"load override FILE".to_owned()));
        assert_eq!(
            replace.reason,
            "the steps are not proven, and the commit takes effect as a whole, or not at all"
        );
    }

    #[test]
    fn what_has_a_mask_in_it_replaces_nothing() {
        let masked = "enable secret 9 <removed>\n";
        let intended = format!("{masked}frobnicate all\n");
        let found = plan("cisco_ios", &format!("{masked}hostname r1\n"), &intended);
        assert!(!found.proof.is_proven());
        assert_eq!(found.native_replace, None);
    }

    #[test]
    fn a_platform_without_a_row_has_none() {
        let found = plan("frr", "hostname r1\n", "hostname r1\nfrobnicate all\n");
        assert!(!found.proof.is_proven());
        assert_eq!(found.native_replace, None);
    }

    /// Each names the file, and says what a person has to know.
    #[test]
    fn every_row_says_what_is_typed() {
        let names = Platform::names().map(|name| (name, Risks::named(name)));
        let rows: Vec<&str> = names
            .filter_map(|(name, risks)| {
                let row = risks.replace.clone()?;
                assert!(
                    row.commands.iter().any(|line| line.contains("FILE")),
                    "{name}"
                );
                assert!(row.caution.contains("the whole configuration"), "{name}");
                Some(name)
            })
            .collect();
        let expected = [
            "arista_eos",
            "cisco_ios",
            "cisco_iosxr",
            "cisco_nxos",
            "juniper_junos",
            "nokia_sros",
        ];
        assert_eq!(rows, expected);
    }
}
