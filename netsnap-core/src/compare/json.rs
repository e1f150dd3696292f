//! Where do two JSON documents differ?

use serde_json::{Map, Value};
use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::result::JsonChange;

/// Returns up to `most` differences, and whether there are more.
pub(super) fn changes(before: &Value, after: &Value, most: usize) -> (Vec<JsonChange>, bool) {
    let mut found = Found {
        changes: Vec::new(),
        most,
        more: false,
    };
    found.compare("", before, after);
    (found.changes, found.more)
}

struct Found {
    changes: Vec<JsonChange>,
    most: usize,
    more: bool,
}

impl Found {
    fn compare(&mut self, path: &str, before: &Value, after: &Value) {
        if before == after || self.more {
            return;
        }
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => self.objects(path, before, after),
            (Value::Array(before), Value::Array(after)) => self.lists(path, before, after),
            _ => self.push(path.to_owned(), Some(before), Some(after)),
        }
    }

    fn objects(&mut self, path: &str, before: &Map<String, Value>, after: &Map<String, Value>) {
        for (key, value) in before {
            let path = join(path, key);
            match after.get(key) {
                Some(other) => self.compare(&path, value, other),
                None => self.push(path, Some(value), None),
            }
        }
        for (key, value) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
            self.push(join(path, key), None, Some(value));
        }
    }

    /// Lists of one length are compared place by place; others are lined up first, as the lines of a text are.
    fn lists(&mut self, path: &str, before: &[Value], after: &[Value]) {
        if before.len() == after.len() {
            for (place, (before, after)) in before.iter().zip(after).enumerate() {
                self.compare(&join(path, &place.to_string()), before, after);
            }
            return;
        }
        let texts = |items: &[Value]| items.iter().map(Value::to_string).collect::<Vec<_>>();
        let (left, right) = (texts(before), texts(after));
        for operation in capture_diff_slices(Algorithm::Myers, &left, &right) {
            if operation.tag() == DiffTag::Equal {
                continue;
            }
            let (old, new) = (operation.old_range(), operation.new_range());
            for step in 0..old.len().max(new.len()) {
                let (from, to) = (old.start + step, new.start + step);
                let removed = before.get(from).filter(|_| from < old.end);
                let added = after.get(to).filter(|_| to < new.end);
                self.item(path, (from, removed), (to, added));
            }
        }
    }

    fn item(
        &mut self,
        path: &str,
        (from, before): (usize, Option<&Value>),
        (to, after): (usize, Option<&Value>),
    ) {
        match (before, after) {
            (Some(before), Some(after)) => {
                self.compare(&join(path, &from.to_string()), before, after);
            }
            (None, after) => self.push(join(path, &to.to_string()), None, after),
            (before, None) => self.push(join(path, &from.to_string()), before, None),
        }
    }

    fn push(&mut self, path: String, before: Option<&Value>, after: Option<&Value>) {
        if self.changes.len() == self.most {
            self.more = true;
            return;
        }
        self.changes.push(JsonChange {
            path,
            before: before.cloned(),
            after: after.cloned(),
        });
    }
}

/// RFC 6901, section 3.
fn join(path: &str, token: &str) -> String {
    format!("{path}/{}", token.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(before: &Value, after: &Value) -> Vec<String> {
        let (changes, _) = changes(before, after, 100);
        let text = |value: Option<Value>| value.map_or_else(String::new, |value| value.to_string());
        changes
            .into_iter()
            .map(|change| {
                format!(
                    "{} {}>{}",
                    change.path,
                    text(change.before),
                    text(change.after)
                )
            })
            .collect()
    }

    #[test]
    fn differences_are_named_by_their_pointer() {
        let before = json!({"a/b": {"x": 1, "gone": null}, "list": [1, 2], "same": [1]});
        let after = json!({"a/b": {"x": 2, "new": []}, "list": [1, 3], "same": [1]});
        assert_eq!(
            shown(&before, &after),
            [
                "/a~1b/gone null>",
                "/a~1b/x 1>2",
                "/a~1b/new >[]",
                "/list/1 2>3"
            ]
        );
        assert_eq!(shown(&json!(1), &json!("1")), [" 1>\"1\""]);
        assert!(shown(&before, &before).is_empty());
    }

    #[test]
    fn an_item_that_went_away_does_not_shift_the_others() {
        let before = json!([{"id": 1}, {"id": 2}, {"id": 3}]);
        let after = json!([{"id": 2}, {"id": 3}]);
        assert_eq!(shown(&before, &after), [r#"/0 {"id":1}>"#]);
        assert_eq!(shown(&after, &before), [r#"/0 >{"id":1}"#]);
    }

    #[test]
    fn more_than_the_most_is_said() {
        let (found, more) = changes(&json!([1, 2, 3]), &json!([4, 5, 6]), 2);
        assert_eq!((found.len(), more), (2, true));
    }
}
