use super::*;
use crate::config::Configuration;
use crate::plan::{DeploymentPlanner, PlanInput, PlanOptions, Remediator};
use crate::platform::Platform;

fn frozen(hostname: &str) -> Plan {
    let platform = Platform::named("frr").unwrap();
    let read = |text: &str| Configuration::parse(text, &platform).unwrap();
    let input = PlanInput {
        device: "r1".into(),
        running: read("hostname a\n"),
        intended: read(&format!("hostname {hostname}\n")),
        platform: platform.clone(),
        snapshot: None,
    };
    Remediator.plan(&[input], &PlanOptions::default()).unwrap()
}

fn loaded(value: &Value, id: &PlanId) -> Result<Plan> {
    plan_in(&serde_json::to_vec(value).unwrap(), id)
}

fn kind(result: Result<Plan>) -> ErrorKind {
    result.unwrap_err().kind()
}

#[test]
fn a_plan_is_loaded_by_its_own_id_alone() {
    let [one, other] = ["b", "c"].map(frozen);
    let value = plan_value(&one).unwrap();
    assert_eq!(loaded(&value, &one.id).unwrap(), one);
    assert_eq!(kind(loaded(&value, &other.id)), ErrorKind::Corrupt);
}

#[test]
fn a_plan_with_a_member_that_nobody_reads_is_no_plan() {
    let plan = frozen("b");
    let value = plan_value(&plan).unwrap();
    let mut outside = value.clone();
    outside["zz"] = 1.into();
    let mut inside = value.clone();
    inside["devices"][0]["zz"] = "approved".into();
    let mut step = value;
    step["devices"][0]["steps"][0]["zz"] = true.into();
    for touched in [outside, inside, step] {
        assert_eq!(
            kind(loaded(&touched, &plan.id)),
            ErrorKind::Corrupt,
            "{touched}"
        );
    }
}

#[test]
fn plans_of_earlier_forms_are_still_loaded() {
    for text in [
        include_str!("../../plan/testdata/plan.v1.json"),
        include_str!("../../plan/testdata/plan.v2.json"),
        include_str!("../../plan/testdata/plan.v3.json"),
    ] {
        let plan: Plan = serde_json::from_str(text).unwrap();
        assert_eq!(plan_in(text.as_bytes(), &plan.id).unwrap(), plan);
    }
}

#[cfg(feature = "ssh")]
#[tokio::test]
async fn a_damaged_plan_is_reported_by_the_verb_that_met_it() {
    let engine = crate::engine::Netsnap::open("memory:").await.unwrap();
    let plan = frozen("b");
    let store = &engine.context.store;
    let kept = store.put_record(PLANS, &plan.id.to_string(), b"{").await;
    kept.unwrap();
    let verb = |error: Error| error.report().operation;
    let loaded = engine.load_plan(&plan.id).await;
    assert_eq!(verb(loaded.unwrap_err()), "load_plan");
    let options = crate::engine::ShowPlanOptions::default();
    let shown = engine.show_plan(&plan.id, &options).await;
    assert_eq!(verb(shown.unwrap_err()), "show_plan");
    let document = engine.plan_document(&plan.id).await;
    assert_eq!(verb(document.unwrap_err()), "plan_document");
    let options = crate::deploy::DeployOptions::default();
    let deployed = engine.deploy(&plan.id, &[], &options).await;
    assert_eq!(verb(deployed.unwrap_err()), "deploy");
}
