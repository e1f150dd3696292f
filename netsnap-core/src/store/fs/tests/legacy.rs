//! What readers of the earlier tools find in the files of a run, under the names that they look for.

use serde_json::{Value, json};

use super::*;
use crate::model::{Answer, DeviceResult, DeviceStatus, DeviceSummary, Proof, Rejection};

fn device(id: &str, name: &str, ip: &str) -> DeviceSummary {
    DeviceSummary {
        id: id.into(),
        name: name.into(),
        ip: ip.into(),
        platform: None,
    }
}

fn answer(command: &str, bytes: &[u8], refused: bool) -> Output {
    let answer = Answer {
        bytes: bytes.to_vec(),
        proof: Proof::Fence,
        exit_status: None,
        rejection: refused.then(|| Rejection {
            line: "% Invalid input".into(),
            rule: "^%".into(),
        }),
        warnings: Vec::new(),
        duration_us: 1,
    };
    Output::new("r1", command, Timestamp::UNIX_EPOCH, answer)
}

/// Records a run of two devices, of which one answers.
async fn recorded(fixture: &Fixture) -> Execution {
    let (bus, _) = tokio::sync::broadcast::channel(8);
    let new = NewExecution {
        job_id: Some("job_7".into()),
        devices: vec![
            device("id-1", "r1", "192.0.2.1"),
            device("id-2", "r2", "192.0.2.2"),
        ],
        commands: vec!["show version".into(), "show data".into()],
        ..NewExecution::default()
    };
    let store = std::sync::Arc::new(fixture.store.clone());
    let recorder = Recorder::begin(store, new, bus).await.unwrap();
    for output in [
        answer("show version", &b"x".repeat(600_000), false),
        answer("show data", b"{\"up\": true}", false),
        answer("show nonsense", b"% Invalid input", true),
    ] {
        recorder.output(output).await.unwrap();
    }
    let results = [
        DeviceResult::new("r1", DeviceStatus::Ok),
        DeviceResult::new("r2", DeviceStatus::Unreachable),
    ];
    recorder.device_results(&results).await.unwrap();
    let ended = recorder.finish(ExecutionStatus::Partial, None).await;
    ended.unwrap()
}

fn read(fixture: &Fixture, run: &Execution, name: &str) -> Value {
    let bytes = fs::read(fixture.path(&run.id, name)).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn a_summary_has_the_fields_that_earlier_readers_look_for() {
    let fixture = fixture().await;
    let run = recorded(&fixture).await;
    let summary = read(&fixture, &run, "metadata.json");
    assert_eq!(summary["execution_id"], run.id.as_str());
    assert_eq!(summary["job_id"], "job_7");
    assert_eq!(summary["status"], "partial");
    let written = summary["timestamp"].as_str().unwrap();
    assert_eq!(written.parse::<Timestamp>().unwrap(), run.created_at);
    let devices = json!([
        {"id": "id-1", "name": "r1", "ip": "192.0.2.1"},
        {"id": "id-2", "name": "r2", "ip": "192.0.2.2"},
    ]);
    for (written, expected) in pairs(&summary["devices"], &devices) {
        for field in ["id", "name", "ip"] {
            assert_eq!(written[field], expected[field]);
        }
    }
    // The last one was not announced.
    let commands = ["show version", "show data", "show nonsense"];
    assert_eq!(summary["commands"], json!(commands));
    let results = json!({
        "total_devices": 2, "completed_devices": 2,
        "total_commands": 3, "successful_commands": 2, "failed_commands": 1,
    });
    for (name, expected) in results.as_object().unwrap() {
        assert_eq!(summary["results"][name], *expected, "{name}");
    }
    let files = &summary["files"];
    assert_eq!(
        (&files["text_files"], &files["json_files"]),
        (&json!(2), &json!(1))
    );
    let megabytes = files["total_size_mb"].as_f64().unwrap();
    assert!((0.59..0.61).contains(&megabytes), "{megabytes}");
}

fn pairs<'a>(
    written: &'a Value,
    expected: &'a Value,
) -> impl Iterator<Item = (&'a Value, &'a Value)> {
    let (written, expected) = (written.as_array().unwrap(), expected.as_array().unwrap());
    assert_eq!(written.len(), expected.len());
    written.iter().zip(expected)
}

#[tokio::test]
async fn a_list_of_devices_says_how_each_ended() {
    let fixture = fixture().await;
    let run = recorded(&fixture).await;
    let devices = read(&fixture, &run, "devices.json");
    let expected = json!([
        {"id": "id-1", "name": "r1", "ip": "192.0.2.1", "status": "ok"},
        {"id": "id-2", "name": "r2", "ip": "192.0.2.2", "status": "unreachable"},
    ]);
    for (written, expected) in pairs(&devices, &expected) {
        for field in ["id", "name", "ip"] {
            assert_eq!(written[field], expected[field]);
        }
        assert_eq!(written["result"]["device"], expected["name"]);
        assert_eq!(written["result"]["status"], expected["status"]);
    }
}
