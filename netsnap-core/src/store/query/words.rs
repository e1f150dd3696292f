//! In which words is a filter or an order refused that is none?
//!
//! What is derived for enums says how it looked for a word, and nothing of what to write.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{CounterName, Filter, SortBy};

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // That of the type itself, which the derivation made.
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(from)?;
        one_condition(&fields).map_err(D::Error::custom)?;
        Self::deserialize(Value::Object(fields)).map_err(D::Error::custom)
    }
}

/// Makes sure that a filter is one condition, in words that say how to ask for several.
fn one_condition(fields: &Map<String, Value>) -> Result<(), String> {
    if fields.len() == 1 {
        return Ok(());
    }
    let named: Vec<&str> = fields.keys().map(String::as_str).collect();
    Err(match named.as_slice() {
        [] => "a filter is one condition, and this one has none: leave it out for every run"
            .to_owned(),
        named => format!(
            "a filter is one condition, and this one has {}: put each into an object of its own, and these into `all` or `any`",
            named.join(", ")
        ),
    })
}

impl Serialize for SortBy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // That of the type itself, which the derivation made.
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for SortBy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = String::deserialize(from)?;
        // What is derived says of a word that it does not know only how it looked for it.
        Self::deserialize(Value::String(word.clone())).map_err(|_| {
            D::Error::custom(format!(
                "runs are not ordered by `{word}`: there are created, ended, duration, name, {}",
                counters()
            ))
        })
    }
}

fn counters() -> String {
    let word = |name: CounterName| serde_json::to_value(name).ok()?.as_str().map(str::to_owned);
    let words: Vec<String> = CounterName::ALL.into_iter().filter_map(word).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::Sort;
    use super::*;

    #[test]
    fn a_filter_of_none_or_several_conditions_says_how_to_write_it() {
        let refused = |text: &str| {
            serde_json::from_str::<Filter>(text)
                .unwrap_err()
                .to_string()
        };
        let several = refused(r#"{"status": ["failed"], "kind": ["deploy"]}"#);
        assert!(
            several.contains("has kind, status: put each into an object of its own"),
            "{several}"
        );
        assert!(refused("{}").contains("has none: leave it out for every run"));
        let inner = refused(r#"{"all": [{"pinned": true}, {}]}"#);
        assert!(inner.contains("has none"), "{inner}");
        let unknown = refused(r#"{"state": ["failed"]}"#);
        assert!(
            unknown.contains("unknown variant `state`, expected one of"),
            "{unknown}"
        );
    }

    #[test]
    fn an_order_that_is_not_there_names_those_that_are() {
        for (word, by) in [
            ("duration", SortBy::Duration),
            ("bytes_in", SortBy::Counter(CounterName::BytesIn)),
        ] {
            let written = format!("\"{word}\"");
            assert_eq!(serde_json::from_str::<SortBy>(&written).unwrap(), by);
            assert_eq!(serde_json::to_string(&by).unwrap(), written);
        }
        let refused = serde_json::from_str::<Sort>(r#"{"by": "started"}"#);
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.contains("not ordered by `started`: there are created, ended"),
            "{refused}"
        );
        assert!(refused.contains("total_devices"), "{refused}");
    }
}
