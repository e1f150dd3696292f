//! How does a long text cross without being written as JSON and read again?

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Request;
use super::arguments::{parse, unfit};
use crate::error::Result;

/// A text in whatever a binding holds it in: it is not copied.
#[derive(Clone)]
pub struct Text(Arc<dyn AsRef<str> + Send + Sync>);

/// Texts that stand beside the arguments of a call, each under its name.
pub type Texts = BTreeMap<String, Text>;

impl Text {
    /// Takes a text over.
    pub fn new(text: impl AsRef<str> + Send + Sync + 'static) -> Self {
        Self(Arc::new(text))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        (*self.0).as_ref()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.len())
    }
}

impl Request {
    /// Reads the arguments of the verb, the texts beside them included.
    ///
    /// # Errors
    /// `InvalidInput` for anything that does not fit.
    pub(super) fn arguments<T: DeserializeOwned>(&self) -> Result<T> {
        if self.texts.is_empty() {
            return parse(&self.verb, &self.arguments);
        }
        self.named([]).map(|([], arguments)| arguments)
    }

    /// Takes texts by their names; what is left are the options of the verb.
    ///
    /// # Errors
    /// `InvalidInput` for a name that is missing, and for anything that does not fit.
    pub(super) fn named<T: DeserializeOwned, const N: usize>(
        &self,
        names: [&'static str; N],
    ) -> Result<([Text; N], T)> {
        let mut fields: Map<String, Value> = parse(&self.verb, &self.arguments)?;
        let mut beside = self.texts.clone();
        let mut found = names.map(|_| Text::new(""));
        for (name, place) in names.iter().zip(&mut found) {
            *place = match (beside.remove(*name), fields.remove(*name)) {
                (Some(text), None) => text,
                (None, Some(Value::String(text))) => Text::new(text),
                (None, None) => return Err(unfit(&self.verb, name, "is missing")),
                (None, Some(_)) => return Err(unfit(&self.verb, name, "is no text")),
                (Some(_), Some(_)) => return Err(unfit(&self.verb, name, "was given twice")),
            };
        }
        let beside = beside.into_iter();
        fields.extend(beside.map(|(name, text)| (name, Value::from(&*text))));
        let rest = Value::Object(fields).to_string();
        Ok((found, parse(&self.verb, &rest)?))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::error::ErrorKind;
    use crate::wire::Told;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Options {
        context: usize,
        note: Option<String>,
    }

    fn request(arguments: &str, beside: &[(&str, &'static str)]) -> Request {
        let text = |(name, text): &(&str, &'static str)| ((*name).to_owned(), Text::new(*text));
        Request {
            verb: "diff_text".to_owned(),
            arguments: arguments.to_owned(),
            texts: beside.iter().map(text).collect(),
            devices: Vec::new(),
            cancel: CancellationToken::new(),
            told: Told::default(),
        }
    }

    #[test]
    fn a_text_is_found_beside_the_arguments_and_among_them() {
        let request = request(r#"{"before":"a","context":3}"#, &[("after", "b")]);
        let ([before, after], options): (_, Options) = request.named(["before", "after"]).unwrap();
        assert_eq!((&*before, &*after), ("a", "b"));
        assert_eq!(
            options,
            Options {
                context: 3,
                note: None
            }
        );
    }

    #[test]
    fn a_text_that_no_one_takes_is_an_argument_like_any_other() {
        let options: Options = request(r#"{"context":3}"#, &[("note", "long")])
            .arguments()
            .unwrap();
        assert_eq!(options.note.as_deref(), Some("long"));
        let unknown = request(r#"{"context":3}"#, &[("nite", "long")]);
        let error = unknown.arguments::<Options>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("unknown field `nite`"));
    }

    #[test]
    fn a_text_that_is_missing_or_given_twice_is_refused() {
        for (arguments, beside, reason) in [
            (r#"{"context":3}"#, &[][..], "`before` is missing"),
            (r#"{"context":3,"before":7}"#, &[], "`before` is no text"),
            (r#"{"context":3,"before":null}"#, &[], "`before` is no text"),
            (
                r#"{"context":3,"before":"a"}"#,
                &[("before", "b")],
                "`before` was given twice",
            ),
        ] {
            let asked = request(arguments, beside).named::<Options, 1>(["before"]);
            let error = asked.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains(reason), "{error}");
        }
    }

    #[test]
    fn a_text_is_not_shown_with_its_call() {
        let shown = format!("{:?}", request("{}", &[("before", "password hunter2")]));
        assert!(shown.contains("Text(16 bytes)"), "{shown}");
    }
}
