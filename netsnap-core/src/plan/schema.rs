//! Does every plan have the form that is published?
//!
//! The schema uses few words of JSON Schema, and this understands exactly those: a word that it does not know fails the test.

use serde_json::{Map, Value, json};

use super::{
    DeploymentPlanner, DurationSample, Durations, PlanInput, PlanOptions, Remediator, Schedule,
    document,
};
use crate::config::Configuration;
use crate::model::Plan;
use crate::platform::Platform;

const SCHEMA: &str = include_str!("../../schema/plan.v4.json");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

/// Returns the place of the first thing that does not fit.
fn check(root: &Value, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    for (word, wanted) in schema.as_object().unwrap() {
        keyword(root, (word, wanted), value, place)?;
    }
    match (schema.get("additionalProperties"), value.as_object()) {
        (Some(_), Some(fields)) => known(schema, fields, place),
        _ => Ok(()),
    }
}

fn known(schema: &Value, fields: &Map<String, Value>, place: &str) -> Result<(), String> {
    let properties = schema["properties"].as_object().unwrap();
    match fields.keys().find(|name| !properties.contains_key(*name)) {
        Some(name) => Err(format!("{place}/{name}: not in the schema")),
        None => Ok(()),
    }
}

fn keyword(
    root: &Value,
    (word, wanted): (&str, &Value),
    value: &Value,
    place: &str,
) -> Result<(), String> {
    let holds = match word {
        "$schema" | "$defs" | "title" | "description" | "additionalProperties" => true,
        "$ref" => {
            let name = wanted.as_str().unwrap().trim_start_matches('#');
            return check(root, root.pointer(name).expect(name), value, place);
        }
        "type" => has_type(wanted.as_str().unwrap(), value),
        "const" => wanted == value,
        "enum" => wanted.as_array().unwrap().contains(value),
        "minimum" => value.as_f64() >= wanted.as_f64(),
        "pattern" => {
            let pattern = regex::Regex::new(wanted.as_str().unwrap()).unwrap();
            pattern.is_match(value.as_str().unwrap_or_default())
        }
        "required" => {
            let mut names = wanted.as_array().unwrap().iter();
            names.all(|name| value.get(name.as_str().unwrap()).is_some())
        }
        "oneOf" => {
            let fits = |one: &&Value| check(root, one, value, place).is_ok();
            wanted.as_array().unwrap().iter().filter(fits).count() == 1
        }
        "items" => return each(value.as_array(), |item| check(root, wanted, item, place)),
        "properties" => {
            return each(wanted.as_object(), |(name, wanted)| match value.get(name) {
                Some(value) => check(root, wanted, value, &format!("{place}/{name}")),
                None => Ok(()),
            });
        }
        unknown => panic!("the schema uses `{unknown}`, which this test does not know"),
    };
    match holds {
        true => Ok(()),
        false => Err(format!("{place}: {word} {wanted}, got {value}")),
    }
}

fn each<I: IntoIterator>(
    items: Option<I>,
    look: impl FnMut(I::Item) -> Result<(), String>,
) -> Result<(), String> {
    items.into_iter().flatten().try_for_each(look)
}

fn has_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        unknown => panic!("the schema uses the type `{unknown}`"),
    }
}

fn assert_fits(value: &Value) {
    let schema = schema();
    check(&schema, &schema, value, "").unwrap();
}

fn plan(platform: &str, running: &str, intended: &str) -> Plan {
    let platform = Platform::named(platform).unwrap();
    let input = PlanInput {
        device: "r1".into(),
        running: Configuration::parse(running, &platform).unwrap(),
        intended: Configuration::parse(intended, &platform).unwrap(),
        snapshot: None,
        platform,
    };
    let sample = DurationSample {
        platform: "frr".into(),
        kind: None,
        commands: 3,
        duration_ms: 900,
    };
    let options = PlanOptions {
        expires_at: Some("2026-05-01T12:00:00Z".parse().unwrap()),
        schedule: Schedule {
            management_path: vec!["nobody".into()],
            ..Schedule::default()
        },
        durations: Durations {
            samples: vec![sample],
            in_flight: 0,
        },
        ..PlanOptions::default()
    };
    Remediator.plan(&[input], &options).unwrap()
}

#[test]
fn plans_of_every_kind_have_the_published_form() {
    let pairs = [
        ("frr", "hostname r1\n", "hostname r1\n"),
        (
            "frr",
            "hostname r1\nrouter ospf\n network 10.0.0.0/24 area 0\n",
            "hostname r2\nip route 0.0.0.0/0 10.0.0.1\n",
        ),
        ("frr", "hostname r1\n", "hostname r1\nfrobnicate\n"),
        (
            "cisco_ios",
            "interface Gi0/1\n ip access-group A in\n",
            "interface Gi0/1\n ip access-group B in\n",
        ),
        (
            "juniper_junos",
            "system { host-name a; }\n",
            "system { host-name b; }\n",
        ),
    ];
    for (platform, running, intended) in pairs {
        let plan = plan(platform, running, intended);
        assert!(!plan.findings.is_empty());
        assert_fits(&serde_json::to_value(&plan).unwrap());
        let document: Value = serde_json::from_str(&document(&plan).unwrap()).unwrap();
        assert!(document.get("id").is_none());
        assert_fits(&document);
    }
}

#[test]
fn what_is_no_plan_does_not_fit() {
    let schema = schema();
    let good = serde_json::to_value(plan("frr", "hostname a\n", "hostname b\n")).unwrap();
    let touched = |place: &str, value: Value| {
        let mut bad = good.clone();
        let (parent, name) = place.rsplit_once('/').unwrap();
        bad.pointer_mut(parent).unwrap()[name] = value;
        check(&schema, &schema, &bad, "")
    };
    for (place, value) in [
        ("/id", json!("short")),
        ("/schema", json!(1)),
        ("/surprise", json!(true)),
        ("/created_at", json!("yesterday")),
        ("/devices/0/proof/verdict", json!("perhaps")),
        ("/devices/0/risk/level", json!("none")),
        ("/devices/0/steps", json!("line")),
        ("/waves/0/estimate/duration_ms", json!(-1)),
    ] {
        assert!(touched(place, value).is_err(), "{place}");
    }
}

/// Words that the engine can write are all in the schema.
#[test]
fn the_schema_has_every_word() {
    let schema = schema();
    for kind in crate::model::PlanFindingKind::ALL {
        let word = serde_json::to_value(kind).unwrap();
        let words = schema["$defs"]["finding"]["properties"]["kind"]["enum"].as_array();
        assert!(words.unwrap().contains(&word), "{word}");
    }
    for kind in crate::model::RiskClass::ALL {
        let word = serde_json::to_value(kind).unwrap();
        let words = schema["$defs"]["class"]["enum"].as_array();
        assert!(words.unwrap().contains(&word), "{word}");
    }
}
