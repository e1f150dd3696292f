//! Outputs and results of devices.

use super::{Store, created, fails_with, output};
use crate::error::ErrorKind;
use crate::id::Digest;
use crate::model::{DeviceResult, DeviceStatus};

/// Outputs come back byte for byte, NUL and invalid UTF-8 included, and are listed in order.
pub async fn outputs_keep_their_bytes(store: Store) {
    let id = created(&store, 1).await.id;
    let cases: [(&str, &[u8], bool); 6] = [
        ("show empty", b"", false),
        ("show nul", b"a\0b", false),
        ("show latin", b"caf\xe9 \xff\xfe", false),
        ("show lines", b"one\r\ntwo\n\n", false),
        ("show json", b"{\"interfaces\": []}\n", true),
        ("show broken", b"{\"interfaces\": [}\n", false),
    ];
    for (command, bytes, json) in cases {
        let kept = store.put_output(&id, output("r1", command, bytes)).await;
        let kept = kept.unwrap();
        assert_eq!((kept.bytes, kept.json), (bytes.len() as u64, json));
        assert_eq!(kept.digest, Digest::of(bytes));
        let read = store.output(&id, "r1", command).await.unwrap();
        assert_eq!(read.bytes, bytes);
        assert_eq!(read.summary, kept);
    }
    let listed = store.outputs(&id).await.unwrap();
    let commands: Vec<_> = listed.iter().map(|one| one.command.as_str()).collect();
    assert_eq!(commands, cases.map(|(command, ..)| command));
}

/// Devices and commands that look like paths, or are too long for a file name, are kept as the names they are.
pub async fn names_are_never_paths(store: Store) {
    let id = created(&store, 1).await.id;
    let long = "show running-config | include ".repeat(50);
    let names = [
        ("../../x", "show version"),
        ("/etc/passwd", "../../../../tmp/x"),
        ("..", "."),
        ("r1", "show int Gi0/1\nshow clock"),
        ("r1", ""),
        ("", "show"),
        ("a_b", "c"),
        ("a", "b_c"),
        ("a", "b c"),
        ("r\u{e9}seau", "\u{1F980}"),
        ("NUL\0", "x\0y"),
        (&long, "show"),
        ("r1", &long),
    ];
    for (number, (device, command)) in names.iter().enumerate() {
        let bytes = number.to_string();
        let output = output(device, command, bytes.as_bytes());
        store.put_output(&id, output).await.unwrap();
    }
    for (number, (device, command)) in names.iter().enumerate() {
        let read = store.output(&id, device, command).await.unwrap();
        assert_eq!(read.bytes, number.to_string().as_bytes());
    }
    assert_eq!(store.outputs(&id).await.unwrap().len(), names.len());
}

/// A command that ran twice has two outputs; the newest is the one that is read.
pub async fn the_newest_output_of_a_command_wins(store: Store) {
    let id = created(&store, 1).await.id;
    for bytes in [&b"first"[..], b"second", b"[3]"] {
        let output = output("r1", "show clock", bytes);
        store.put_output(&id, output).await.unwrap();
    }
    let read = store.output(&id, "r1", "show clock").await.unwrap();
    assert_eq!(read.bytes, b"[3]");
    assert_eq!(store.outputs(&id).await.unwrap().len(), 3);
    let missing = store.output(&id, "r1", "show").await;
    fails_with(missing, ErrorKind::NotFound);
}

/// Devices are listed by name, each with its last result.
pub async fn a_device_result_replaces_the_earlier(store: Store) {
    let id = created(&store, 1).await.id;
    let result = |device: &str, status| DeviceResult {
        commands_ok: 1,
        duration_us: 7,
        ..DeviceResult::new(device, status)
    };
    let first = [
        result("r2", DeviceStatus::Unreachable),
        result("r1", DeviceStatus::Ok),
    ];
    store.put_device_results(&id, &first).await.unwrap();
    let second = [result("r2", DeviceStatus::Changed)];
    store.put_device_results(&id, &second).await.unwrap();
    let [again] = second;
    let [_, other] = first;
    assert_eq!(store.device_results(&id).await.unwrap(), [other, again]);
}
