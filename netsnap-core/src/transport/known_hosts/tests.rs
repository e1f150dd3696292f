use proptest::prelude::*;

use super::*;

/// A key in wire form: its type, then a body that tells keys apart.
fn blob(algorithm: &str, body: u8) -> Vec<u8> {
    let mut blob = u32::try_from(algorithm.len())
        .unwrap()
        .to_be_bytes()
        .to_vec();
    blob.extend_from_slice(algorithm.as_bytes());
    blob.extend_from_slice(&[0, 0, 0, 1, body]);
    blob
}

fn listed(hosts: &str, algorithm: &str, body: u8) -> String {
    line(hosts, algorithm, &blob(algorithm, body)) + "\n"
}

const ED: &str = "ssh-ed25519";
const EC: &str = "ecdsa-sha2-nistp256";

fn judged(file: &str, algorithm: &str, body: u8) -> String {
    let known = Known::read(file.as_bytes(), "r1");
    match known.judge(algorithm, &blob(algorithm, body)) {
        Verdict::Trusted => "trusted".to_owned(),
        Verdict::Unknown => "unknown".to_owned(),
        Verdict::Changed(key) => format!("changed, line {}", key.line),
        Verdict::Revoked(key) => format!("revoked, line {}", key.line),
    }
}

#[test]
fn a_key_is_judged_by_everything_that_the_file_says() {
    let plain = listed("r1", ED, 1);
    let second = listed("r1", ED, 2);
    let curve = listed("r1", EC, 3);
    let revoked = format!("@revoked {}", listed("*", ED, 1));
    let elsewhere = format!("@revoked {}", listed("r9", ED, 1));
    let authority = format!("@cert-authority {}", listed("r1", ED, 1));
    for (file, algorithm, body, expected) in [
        (plain.clone(), ED, 1, "trusted"),
        (String::new(), ED, 1, "unknown"),
        (listed("r2", ED, 1), ED, 1, "unknown"),
        (plain.clone(), ED, 2, "changed, line 1"),
        (plain.clone(), EC, 3, "changed, line 1"),
        (format!("{plain}{second}"), ED, 2, "trusted"),
        (format!("{curve}{plain}"), ED, 2, "changed, line 2"),
        (format!("{plain}{revoked}"), ED, 1, "revoked, line 2"),
        (format!("{revoked}{plain}"), ED, 1, "revoked, line 1"),
        (format!("{plain}{elsewhere}"), ED, 1, "revoked, line 2"),
        (format!("{plain}{revoked}"), ED, 2, "changed, line 1"),
        (authority, ED, 1, "unknown"),
    ] {
        assert_eq!(judged(&file, algorithm, body), expected, "{file}");
    }
}

#[test]
fn tabs_comments_blank_lines_and_carriage_returns_are_read() {
    let key = listed("r1", ED, 1).replace(' ', "\t");
    let file = format!(
        "# a comment\r\n\n   \t{} a comment behind it\r\n",
        key.trim_end()
    );
    assert_eq!(judged(&file, ED, 1), "trusted");
    assert!(Known::read(file.as_bytes(), "r1").unreadable.is_empty());
}

#[test]
fn a_line_that_cannot_be_read_is_counted_and_hides_no_other() {
    let file = format!(
        "r1\nr1 ssh-ed25519\nr1 ssh-ed25519 %%%\nr1 ssh-rsa {}\n@what r1 a b\n|1|x r1 y\n{}",
        KEYS.encode(blob(ED, 1)),
        listed("r1", ED, 1)
    );
    let known = Known::read(file.as_bytes(), "r1");
    assert_eq!(known.unreadable, [1, 2, 3, 4, 5, 6]);
    assert_eq!(known.judge(ED, &blob(ED, 1)), Verdict::Trusted);
}

#[test]
fn bytes_that_are_no_text_hide_no_line() {
    let mut file = b"r1 ssh-ed25519 \xff\xfe\n\xff\xff\xff\n".to_vec();
    file.extend_from_slice(listed("r1", ED, 1).as_bytes());
    let known = Known::read(&file, "r1");
    assert_eq!(known.judge(ED, &blob(ED, 1)), Verdict::Trusted);
    assert_eq!(known.unreadable, [1, 2]);
}

#[test]
fn a_place_carries_its_port_unless_it_is_22() {
    assert_eq!(place("R1.Example", 22), "r1.example");
    assert_eq!(place("R1", 2222), "[r1]:2222");
    assert_eq!(place("::1", 2222), "[::1]:2222");
}

#[test]
fn a_fingerprint_reads_as_ssh_keygen_prints_it() {
    // `ssh-keygen -lf` on this key (OpenSSH 9.2).
    let key = KEYS
        .decode("AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ")
        .unwrap();
    assert_eq!(
        fingerprint(&key),
        "SHA256:T7SvZ2cslqpPj6nKzitCBHHlpVF3r3MvLwmFL0fk0IE"
    );
}

proptest! {
    #[test]
    fn no_bytes_bring_the_reader_down(
        file in proptest::collection::vec(any::<u8>(), 0..400),
        place in ".{0,20}",
    ) {
        let known = Known::read(&file, &place);
        let _ = known.judge(ED, &file);
    }

    #[test]
    fn no_line_of_the_right_shape_brings_the_reader_down(
        lines in proptest::collection::vec("(@[a-z-]{0,14} )?[|!*?,a-z0-9=\\[\\]:]{0,20}[ \t][a-z0-9-]{0,12} [A-Za-z0-9+/=]{0,40}", 0..8),
    ) {
        let file = lines.join("\n");
        prop_assert!(Known::read(file.as_bytes(), "r1").unreadable.len() <= lines.len());
    }

    #[test]
    fn what_was_written_is_read_back(host in "[a-z0-9.-]{1,30}", port in 1u16.., body: u8) {
        let place = place(&host, port);
        let file = line(&place, ED, &blob(ED, body));
        let known = Known::read(file.as_bytes(), &place);
        prop_assert_eq!(known.judge(ED, &blob(ED, body)), Verdict::Trusted);
    }
}
