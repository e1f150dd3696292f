use super::*;
use crate::diff::diff_config;
use crate::model::DeviceProof;

mod abilities;
mod cisco_ios;
mod commits;
mod frr;
mod frr_properties;
mod juniper_junos;
mod junos_device;
mod order_of_lines;
mod properties;
mod triples;
mod twins;
mod wrong;

fn read(platform: &str, text: &str) -> Configuration {
    Configuration::parse(text, &Platform::named(platform).unwrap()).unwrap()
}

fn input(platform: &str, running: &str, intended: &str) -> PlanInput {
    PlanInput {
        device: "r1".into(),
        platform: Platform::named(platform).unwrap(),
        running: read(platform, running),
        intended: read(platform, intended),
        snapshot: None,
    }
}

fn plan(platform: &str, running: &str, intended: &str) -> Result<Plan> {
    Remediator.plan(
        &[input(platform, running, intended)],
        &PlanOptions::default(),
    )
}

/// Plans each triple of running, intended and expected lines (joined by `; `), and asks for its proof.
fn all_plan_as_written(platform: &str, triples: &[(&str, &str, &str)]) {
    all_plan(platform, triples, |device| device.proof.is_proven());
}

/// The same for lines that the simulated device does not model: nothing else may be doubtful.
fn all_plan_as_written_unmodelled(platform: &str, triples: &[(&str, &str, &str)]) {
    all_plan(platform, triples, |device| match &device.proof {
        DeviceProof::Proven { .. } => true,
        DeviceProof::Unproven { reasons } => reasons[0].contains("simulated device does not know"),
    });
}

fn all_plan(platform: &str, triples: &[(&str, &str, &str)], is_fine: fn(&DevicePlan) -> bool) {
    let mut wrong = Vec::new();
    for (running, intended, expected) in triples {
        // A host name keeps a configuration from being empty.
        let [running, intended] = [running, intended].map(|text| format!("hostname r1\n{text}"));
        let plan = plan(platform, &running, &intended).unwrap();
        let device = &plan.devices[0];
        let typed = lines(&device.steps, &Platform::named(platform).unwrap()).join("; ");
        if typed != *expected || !is_fine(device) {
            wrong.push(format!(
                "{running}--\n{intended}typed    {typed}\nexpected {expected}\n{:?}",
                device.proof
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
}

fn reasons(platform: &str, running: &str, intended: &str) -> String {
    match &plan(platform, running, intended).unwrap().devices[0].proof {
        DeviceProof::Proven { .. } => "proven".into(),
        DeviceProof::Unproven { reasons } => reasons.join("\n"),
    }
}

#[test]
fn what_is_not_known_is_named_and_not_proven() {
    let unknown = reasons("frr", "hostname r1\n", "hostname r1\nfrobnicate 7\n");
    assert!(
        unknown.contains("grammar does not know `frobnicate 7`"),
        "{unknown}"
    );
    let blob = reasons(
        "cisco_ios",
        "hostname r1\n",
        "hostname r1\ncrypto pki certificate chain TP\n certificate self-signed 01\n  3082 0330\n  quit\n",
    );
    assert!(
        blob.contains("`certificate self-signed 01` begins a text of several lines"),
        "{blob}"
    );
}

#[test]
fn a_change_too_long_to_be_simulated_is_not_proven() {
    let list = |port: u32| -> String {
        let entries = (1..8_000).map(|number| format!(" {number} permit tcp any any eq {port}\n"));
        "hostname r1\nip access-list extended A\n".to_owned() + &entries.collect::<String>()
    };
    let long = reasons("cisco_ios", &list(1), &list(2));
    assert!(long.contains("too long to be simulated"), "{long}");
}

#[test]
fn a_verdict_names_a_thousand_reasons_at_most() {
    let unknown: String = (0..1_500)
        .map(|number| format!("frob {number}\n"))
        .collect();
    let found = reasons("frr", "hostname r1\n", &format!("hostname r1\n{unknown}"));
    assert_eq!(found.lines().count(), 1001);
    assert!(found.ends_with(" more reasons"), "{found}");
}

#[test]
fn a_mask_of_any_tool_never_becomes_a_command() {
    for line in [
        "snmp-server community <secret hidden> RO",
        "snmp-server community SECRET-DATA RO",
        "enable secret xxxxxxxx",
        "username bob secret 0 ***",
    ] {
        let masked = format!("hostname r1\n{line}\n");
        let error = plan("cisco_ios", "hostname r1\n", &masked).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConfigurationInvalid, "{line}");
    }
}

#[test]
fn a_mask_never_becomes_a_command() {
    let masked = "hostname r1\nrouter bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 password ********\n";
    let open = "hostname r1\nrouter bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 password hunter2\n";
    let error = plan("frr", open, masked).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConfigurationInvalid);
    assert!(!format!("{error:?}").contains("hunter2"));
    assert!(plan("frr", masked, masked).unwrap().is_empty());
    assert!(reasons("frr", masked, open).contains("no way back"));
}

#[test]
fn a_plan_is_named_by_its_content() {
    let (a, b) = ("hostname r1\n", "hostname r2\n");
    let first = plan("frr", a, b).unwrap();
    assert_eq!(first.id, plan("frr", a, b).unwrap().id);
    assert_ne!(first.id, plan("frr", b, a).unwrap().id);
    verify(&first).unwrap();
    let json = serde_json::to_string(&first).unwrap();
    verify(&serde_json::from_str::<Plan>(&json).unwrap()).unwrap();
    let mut touched = first.clone();
    touched.devices[0].steps[0].line = "hostname r3".into();
    assert_eq!(verify(&touched).unwrap_err().kind(), ErrorKind::Corrupt);
}

/// No step changes them, so a plan that would have to is not proven; beside them all is as it was.
#[test]
fn comments_that_the_device_keeps_are_to_be_the_same() {
    let eos = |comment: &str, rest: &str| {
        format!("hostname r1\n!\ninterface Ethernet1\n   !! {comment}\n   description a\n{rest}!\n")
    };
    let junos = |comment: &str, name: &str| {
        format!("system {{\n    /* {comment} */\n    host-name {name};\n}}\n")
    };
    for (platform, running, intended, beside) in [
        (
            "arista_eos",
            eos("up", ""),
            eos("down", ""),
            eos("up", "   shutdown\n"),
        ),
        (
            "juniper_junos",
            junos("up", "a"),
            junos("down", "a"),
            junos("up", "b"),
        ),
    ] {
        let plan = |intended: &str| plan(platform, &running, intended).unwrap();
        let other = plan(&intended);
        assert!(other.devices[0].steps.is_empty());
        let DeviceProof::Unproven { reasons } = &other.devices[0].proof else {
            panic!("{platform}: proven");
        };
        assert!(
            reasons.len() == 1 && reasons[0].contains("down"),
            "{reasons:?}"
        );
        let proof = &plan(&beside).devices[0].proof;
        assert!(proof.is_proven(), "{platform}: {proof:?}");
    }
}

#[test]
fn what_is_not_read_as_configuration_is_found() {
    let plan = plan(
        "frr",
        "frr version 8.4\nfrr defaults datacenter\nhostname r1\n",
        "! mine\nhostname r1\n",
    )
    .unwrap();
    let found = plan
        .findings
        .iter()
        .map(|finding| (finding.kind, finding.text.as_str()));
    let expected = [
        "of what is intended, 1 line is not read as configuration: line 1 `! mine`",
        "of what is running, 1 line is not read as configuration: line 2 `frr defaults datacenter`",
    ];
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(_, text)| *text);
    let kind = crate::model::PlanFindingKind::UnreadLines;
    assert_eq!(found, expected.map(|text| (kind, text)));
}

/// A release that prints its number, and what stands alike on both sides, hides nothing.
#[test]
fn what_a_device_writes_by_itself_is_no_finding() {
    let frr =
        "frr version 8.4\nfrr defaults traditional\nhostname r9\nip route 10.1.0.0/16 192.0.2.1\n";
    let ios = "version 15.2\nhostname r1\nboot-start-marker\nboot-end-marker\n";
    let nxos = "version 9.3(10) Bios:version 07.69\nhostname r1\n";
    let junos = "version 21.4R1;\nsystem { host-name r1; }\n";
    for (platform, running) in [
        ("frr", frr),
        ("cisco_ios", ios),
        ("cisco_nxos", nxos),
        ("juniper_junos", junos),
    ] {
        let intended = running.replace("r1", "r2").replace("10.1.", "10.2.");
        let plan = plan(platform, running, &intended).unwrap();
        assert_eq!(plan.findings, [], "{platform}");
        let proof = &plan.devices[0].proof;
        assert!(proof.is_proven(), "{platform}: {proof:?}");
    }
}

/// A release may know a section where the table knows a line: nothing is proven of it, and everything beside it as before.
#[test]
fn what_stands_inside_of_a_line_that_opens_no_section_is_doubted_where_it_is_touched() {
    let inside = |description: &str, rest: &str| {
        format!("hostname r1\n!\ninterface eth1\n description {description}\n{rest}exit\n!\n")
    };
    let known = inside("b", "  frobnicate 1\n");
    for (running, intended, typed) in [
        (
            &known,
            inside("b", "  frobnicate 2\n"),
            "description b; no frobnicate 1; frobnicate 2; exit",
        ),
        (
            &known,
            inside("b", ""),
            "description b; no frobnicate 1; exit",
        ),
        (
            &inside("b", ""),
            known.clone(),
            "description b; frobnicate 1; exit",
        ),
        (&known, inside("c", "  frobnicate 1\n"), "frobnicate 1"),
        (&known, inside("c", ""), "description c"),
        (
            &known,
            "hostname r1\n!\ninterface eth1\n mtu 1400\nexit\n!\n".to_owned(),
            "no description",
        ),
    ] {
        let plan = plan("frr", running, &intended).unwrap();
        let device = &plan.devices[0];
        let lines = lines(&device.steps, &Platform::named("frr").unwrap()).join("; ");
        assert!(lines.contains(typed), "{lines}\n{intended}");
        let DeviceProof::Unproven { reasons } = &device.proof else {
            panic!("proven: {lines}\n{intended}");
        };
        let named = |reason: &String| reason.starts_with("the grammar does not know `frobnicate");
        assert!(reasons.iter().any(named), "{reasons:?}");
    }
    for beside in [
        inside("b", "  frobnicate 1\n shutdown\n"),
        format!("{known}ip route 192.0.2.0/24 10.0.0.1\n!\n"),
    ] {
        let plan = plan("frr", &known, &beside).unwrap();
        assert!(plan.devices[0].proof.is_proven(), "{:?}", plan.devices[0]);
    }
}

#[test]
fn a_device_with_nothing_to_do_is_proven_and_in_no_wave() {
    let mut inputs: Vec<_> = ["a", "b", "c", "d"]
        .into_iter()
        .map(|name| PlanInput {
            device: name.into(),
            ..input("frr", "hostname r1\n", "hostname r2\n")
        })
        .collect();
    inputs[0] = PlanInput {
        device: "a".into(),
        ..input("frr", "hostname r1\n", "! same\nhostname r1\n")
    };
    let waves = |policy: WavePolicy| {
        let options = PlanOptions {
            waves: policy,
            ..PlanOptions::default()
        };
        let plan = Remediator.plan(&inputs, &options)?;
        assert!(plan.devices[0].proof.is_proven() && plan.devices[0].steps.is_empty());
        Ok::<_, Error>(
            plan.waves
                .into_iter()
                .map(|wave| wave.devices.join(""))
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(waves(WavePolicy::default()).unwrap(), ["b", "cd"]);
    let of = |canary: Canary, size: usize| WavePolicy::Filled { canary, size };
    assert_eq!(waves(of(Canary::Nobody, 2)).unwrap(), ["bc", "d"]);
    assert_eq!(waves(of(Canary::First, 2)).unwrap(), ["b", "cd"]);
    let listed = |text: &str| {
        WavePolicy::Listed(
            text.split(' ')
                .map(|wave| wave.chars().map(String::from).collect())
                .collect(),
        )
    };
    assert_eq!(waves(listed("d a cb")).unwrap(), ["d", "cb"]);
    for bad in [
        of(Canary::First, 0),
        of(Canary::These(vec!["x".into()]), 2),
        listed("b c"),
        listed("bcd b"),
        listed("bcdx"),
    ] {
        assert_eq!(waves(bad).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    inputs[1].device = "a".into();
    let error = Remediator
        .plan(&inputs, &PlanOptions::default())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
