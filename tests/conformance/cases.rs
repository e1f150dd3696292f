//! Replays the language cases against the engine, through the messages that Python and Node send.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use netsnap_core::Result;
use netsnap_core::id::Digest;
use netsnap_core::model::{Device, Inventory};
use netsnap_core::wire::{Batches, Handle, Recording, Reply, Request, Told, VERBS};
use serde_json::{Value, json};

/// One replay: an engine, a scratch folder, the run that `begin` began last, and what was kept.
struct Replay {
    engine: Handle,
    folder: PathBuf,
    /// The positional arguments of each verb.
    verbs: Value,
    run: Option<Recording>,
    kept: BTreeMap<String, Value>,
}

impl Replay {
    async fn new(url: &str, folder: &Path) -> Self {
        let engine = Handle::open(url).await.unwrap();
        Self {
            engine,
            folder: folder.to_owned(),
            verbs: verbs(),
            run: None,
            kept: BTreeMap::new(),
        }
    }

    async fn step(&mut self, step: &Value) {
        let arguments = self.filled(step.get("arguments").unwrap_or(&json!({})));
        let result = match step["call"].as_str().unwrap() {
            "record" => self.recorded(step, arguments).await,
            "watch" => Box::pin(self.watched(step)).await,
            "replaying" => Box::pin(self.in_the_past(step, arguments)).await,
            verb => self.call(verb, arguments).await,
        };
        match (result, step["error"].as_str()) {
            (Ok(value), None) => self.check(step, &value),
            (Err(error), Some(kind)) => assert_eq!(error.kind().as_str(), kind, "{step}: {error}"),
            (Ok(value), Some(kind)) => panic!("{step}: expected {kind}, got {value}"),
            (Err(error), None) => panic!("{step}: {error:?}"),
        }
    }

    fn check(&mut self, step: &Value, value: &Value) {
        if let Some(expected) = step.get("expect") {
            let expected = self.filled(expected);
            assert!(
                holds(value, &expected),
                "{step}:\nexpected {expected}\n     got {value}"
            );
        }
        for (name, place) in step["keep"].as_object().into_iter().flatten() {
            self.kept
                .insert(name.clone(), at(value, place.as_str().unwrap()).clone());
        }
    }

    async fn call(&mut self, verb: &str, arguments: Value) -> Result<Value> {
        match verb {
            "begin" => {
                let run = self.engine.begin(&arguments.to_string()).await?;
                let id = json!({ "id": run.id() });
                self.run = Some(run);
                Ok(id)
            }
            "follow" => all(&self.engine.follow(&arguments.to_string())?).await,
            "replay" => all(&self.engine.replay(&arguments.to_string())?).await,
            _ => match verb.strip_prefix("run.") {
                Some(verb) => self.record(verb, arguments).await,
                None => self.ask(verb, arguments).await,
            },
        }
    }

    /// What a block of code does in the other languages, which have a verb for it.
    async fn recorded(&self, step: &Value, arguments: Value) -> Result<Value> {
        let run = self.engine.begin(&arguments.to_string()).await?;
        for text in step["block"].as_array().unwrap() {
            let event = json!({ "text": text }).to_string();
            run.call("event", &event, None).await?;
        }
        let end = match step.get("raises") {
            Some(reason) => json!({ "status": "failed", "reason": reason }),
            None => json!({ "status": "succeeded" }),
        };
        run.call("finish", &end.to_string(), None).await?;
        self.ask("execution", json!({ "id": run.id() })).await
    }

    /// As many rows as are expected of what happens meanwhile.
    async fn watched(&mut self, step: &Value) -> Result<Value> {
        let live = self.engine.watch()?;
        for step in step["during"].as_array().unwrap() {
            Box::pin(self.step(step)).await;
        }
        let mut rows = Vec::new();
        let count = step["expect"].as_array().unwrap().len();
        while rows.len() < count {
            let batch = live.next().await.expect("the engine is open")?;
            rows.extend(parsed(&batch).as_array().unwrap().iter().cloned());
        }
        rows.truncate(count);
        Ok(Value::Array(rows))
    }

    /// What happens while a past run answers in the place of devices.
    async fn in_the_past(&mut self, step: &Value, arguments: Value) -> Result<Value> {
        let past = self.engine.replaying(&arguments.to_string()).await?;
        let present = std::mem::replace(&mut self.engine, past);
        for step in step["during"].as_array().unwrap() {
            Box::pin(self.step(step)).await;
        }
        std::mem::replace(&mut self.engine, present).close().await;
        Ok(Value::Null)
    }

    async fn ask(&self, verb: &str, mut arguments: Value) -> Result<Value> {
        let devices = match self.works_on_devices(verb) {
            true => devices(&mut arguments)?,
            false => Vec::new(),
        };
        if let Some(by_name) = arguments["targets"].as_object() {
            let target = |(device, intended): (&String, &Value)| json!({ "device": device, "intended": intended });
            arguments["targets"] = by_name.iter().map(target).collect();
        }
        let cancel = self.engine.cancellation();
        let request = Request {
            verb: verb.to_owned(),
            arguments: arguments.to_string(),
            devices,
            cancel,
            told: Told::default(),
            texts: BTreeMap::default(),
        };
        self.engine.call(request).await.map(with_text)
    }

    async fn record(&self, verb: &str, mut arguments: Value) -> Result<Value> {
        let text = arguments.as_object_mut().unwrap().remove("output");
        let bytes = text.map(|text| text.as_str().unwrap().as_bytes().to_vec());
        let run = self
            .run
            .as_ref()
            .expect("a case begins a run before it records");
        if verb == "ask" {
            let device = arguments.as_object_mut().unwrap().remove("device");
            let device = Inventory::from_json(&json!([device]).to_string())?;
            let (arguments, cancel) = (arguments.to_string(), run.cancellation());
            let reply = run.ask(&arguments, &device.devices, &cancel).await;
            return reply.map(with_text);
        }
        Ok(parsed(
            &run.call(verb, &arguments.to_string(), bytes).await?,
        ))
    }

    /// Others have names or numbers of devices among their options.
    fn works_on_devices(&self, verb: &str) -> bool {
        let positional = self.verbs[verb].as_array();
        positional.is_some_and(|names| names.contains(&json!("devices")))
    }

    /// Puts what was kept in the place of each `"$name"`, and the scratch folder in that of `"$folder/…"`.
    fn filled(&self, value: &Value) -> Value {
        match value {
            Value::String(text) if text == "$inventory" => {
                inventory().expect("a case says what it needs")
            }
            Value::String(text) => match text.strip_prefix("$folder/") {
                Some(path) => json!(self.folder.join(path)),
                None => self.remembered(text).unwrap_or(value).clone(),
            },
            Value::Array(items) => items.iter().map(|item| self.filled(item)).collect(),
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(name, item)| (name.clone(), self.filled(item)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    fn remembered(&self, text: &str) -> Option<&Value> {
        self.kept.get(text.strip_prefix('$')?)
    }
}

/// Returns a reply with the bytes that belong to it as text.
fn with_text(reply: Reply) -> Value {
    let mut value = parsed(&reply.json);
    if let Some(bytes) = reply.bytes {
        value["text"] = json!(String::from_utf8_lossy(&bytes));
    }
    value
}

/// Takes the devices to work on from the arguments.
fn devices(arguments: &mut Value) -> Result<Vec<Device>> {
    match arguments.as_object_mut().unwrap().remove("devices") {
        Some(devices) => Ok(Inventory::from_json(&devices.to_string())?.devices),
        None => Ok(Vec::new()),
    }
}

/// Returns all rows of a stream that ends.
async fn all(batches: &Batches) -> Result<Value> {
    let mut rows = Vec::new();
    while let Some(batch) = batches.next().await.transpose()? {
        rows.extend(parsed(&batch).as_array().unwrap().iter().cloned());
    }
    Ok(Value::Array(rows))
}

fn verbs() -> Value {
    parsed(&std::fs::read_to_string(folder().join("verbs.json")).unwrap())
}

fn holds(value: &Value, expected: &Value) -> bool {
    match (value, expected) {
        (value, Value::String(any)) if any == "$any" => !value.is_null(),
        (Value::String(text), Value::Object(wanted)) => {
            wanted.iter().all(|(word, parts)| says(text, word, parts))
        }
        (Value::Object(value), Value::Object(expected)) => expected
            .iter()
            .all(|(name, expected)| holds(value.get(name).unwrap_or(&Value::Null), expected)),
        (Value::Array(value), Value::Array(expected)) => {
            value.len() == expected.len()
                && value
                    .iter()
                    .zip(expected)
                    .all(|(value, expected)| holds(value, expected))
        }
        (value, expected) => value == expected,
    }
}

/// Says whether a text has each of the parts in it, or none of them, or is what they are the digest of.
fn says(text: &str, word: &str, parts: &Value) -> bool {
    let mut parts = parts.as_array().unwrap().iter();
    let has = |part: &Value| text.contains(part.as_str().unwrap());
    match word {
        "$contains" => parts.all(has),
        "$lacks" => !parts.any(has),
        "$sha256" => parts.all(|digest| *digest == Digest::of(text.as_bytes()).to_string()),
        _ => panic!("nothing is known of {word} in a text"),
    }
}

fn at<'a>(value: &'a Value, place: &str) -> &'a Value {
    let pointer = if place.is_empty() {
        String::new()
    } else {
        format!("/{}", place.replace('.', "/"))
    };
    value
        .pointer(&pointer)
        .unwrap_or_else(|| panic!("nothing at {place:?} in {value}"))
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn inventory() -> Option<Value> {
    let path = std::env::var_os("NETSNAP_TEST_INVENTORY")?;
    Some(parsed(&std::fs::read_to_string(path).unwrap()))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// Returns each case with the name of its file; `verbs.json` and `kinds.json` are no cases.
fn cases() -> Vec<(String, Value)> {
    let mut cases = Vec::new();
    for room in std::fs::read_dir(folder())
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir())
    {
        for file in std::fs::read_dir(room.path()).unwrap().flatten() {
            let case = parsed(&std::fs::read_to_string(file.path()).unwrap());
            if case.get("steps").is_some() {
                cases.push((file.path().display().to_string(), case));
            }
        }
    }
    cases.sort_by(|(one, _), (other, _)| one.cmp(other));
    cases
}

async fn replay_all(url: impl Fn(&Path) -> String) {
    for (name, case) in cases() {
        if case["needs"] == "inventory" && inventory().is_none() {
            netsnap_tests::skip(&format!("{name}: NETSNAP_TEST_INVENTORY is not set"));
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut replay = Replay::new(&url(folder.path()), folder.path()).await;
        eprintln!("case {name}");
        for step in case["steps"].as_array().unwrap() {
            replay.step(step).await;
        }
        replay.engine.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_holds_in_memory() {
    replay_all(|_| "memory:".to_owned()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_holds_on_files() {
    replay_all(|folder| folder.join("data").display().to_string()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_holds_on_sqlite() {
    replay_all(|folder| format!("sqlite:{}", folder.join("runs.db").display())).await;
}

#[test]
fn every_verb_of_the_wire_is_in_the_shared_table() {
    let table = verbs();
    let missing: Vec<_> = VERBS
        .iter()
        .filter(|verb| table.get(verb).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
