//! Nokia SR OS: paths into a tree whose references have to be there.

use super::*;

const SROS: &str = "nokia_sros";

const ROUTER: &str = "configure {\n    system {\n        name \"r1\"\n    }\n    policy-options {\n        policy-statement \"A\" {\n            default-action {\n                action-type accept\n            }\n        }\n        policy-statement \"B\" {\n        }\n    }\n    router \"Base\" {\n        interface \"to-r2\" {\n            port 1/1/c1/1\n            ipv4 {\n                primary {\n                    address 10.0.0.1\n                    prefix-length 24\n                }\n            }\n        }\n        bgp {\n            group \"G\" {\n                import {\n                    policy [\"A\" \"B\"]\n                }\n            }\n        }\n    }\n}\n";

#[test]
fn sros_prints_what_it_booted_with() {
    let device = Simulation::new(SROS, ROUTER).unwrap();
    let again = Simulation::new(SROS, &device.running()).unwrap();
    assert_eq!(again.running(), device.running());
    assert!(device.is_as(ROUTER).unwrap());
    assert_eq!(device.hostname(), "r1");
    let flat = "/configure system name r1\n/configure policy-options policy-statement \"A\" default-action action-type accept\n/configure policy-options policy-statement \"B\"\n/configure router \"Base\" interface \"to-r2\" port 1/1/c1/1\n/configure router \"Base\" interface \"to-r2\" ipv4 primary address 10.0.0.1 prefix-length 24\n/configure router \"Base\" bgp group \"G\" import policy [\"A\" \"B\"]\n";
    assert!(device.is_as(flat).unwrap());
    assert!(
        device.running().contains("policy [\"A\" \"B\"]\n"),
        "{}",
        device.running()
    );
}

#[test]
fn sros_sets_and_deletes_paths() {
    let loopback = ROUTER.replace("port 1/1/c1/1", "loopback");
    let base = "/configure router \"Base\"";
    all(
        SROS,
        &[
            (
                ROUTER,
                &format!("{base} interface \"to-r2\" ipv4 primary address 10.0.0.2"),
                Surely,
                &ROUTER.replace("10.0.0.1", "10.0.0.2"),
            ),
            (
                ROUTER,
                &format!("{base} interface to-r2 loopback"),
                Surely,
                &loopback,
            ),
            (ROUTER, &format!("{base} ecmp 200"), Not, ROUTER),
            (ROUTER, "router \"Base\" ecmp 2", Not, ROUTER),
            (
                ROUTER,
                &format!("delete {base} interface \"to-r2\" port"),
                Surely,
                &ROUTER.replace("port 1/1/c1/1\n", "\n"),
            ),
            (
                ROUTER,
                "/configure delete router \"Base\" interface \"to-r2\" port",
                Perhaps,
                &ROUTER.replace("port 1/1/c1/1\n", "\n"),
            ),
            (
                ROUTER,
                &format!("delete {base} bgp group \"G\" import policy \"A\""),
                Surely,
                &ROUTER.replace("[\"A\" \"B\"]", "[\"B\"]"),
            ),
            (
                ROUTER,
                &format!("delete {base} interface \"x\""),
                Surely,
                ROUTER,
            ),
            (
                ROUTER,
                &format!("{base} frob 7"),
                Perhaps,
                &ROUTER.replace("bgp {", "frob 7\n bgp {"),
            ),
            (
                "system {\n name \"r1\"\n}\n",
                "/configure service customer \"2\" customer-id 2; /configure service customer \"2\" customer-id 3",
                Perhaps,
                "system {\n name \"r1\"\n}\nservice {\n customer \"2\" {\n customer-id 3\n }\n}\n",
            ),
        ],
    );
}

#[test]
fn sros_validates_references_and_what_must_be_there() {
    let base = "/configure router \"Base\"";
    for (lines, complaint) in [
        (format!("{base} bgp group \"G\" export policy [\"B\"]"), ""),
        (
            format!("{base} bgp group \"G\" export policy [\"C\"]"),
            "policy-statement \"C\" referenced but not defined",
        ),
        (
            "delete /configure policy-options policy-statement \"A\"".to_owned(),
            "policy-statement \"A\" referenced but not defined",
        ),
        (
            format!("delete {base} interface \"to-r2\" ipv4 primary prefix-length"),
            "prefix-length is missing in primary",
        ),
        (
            format!("delete {base} interface \"to-r2\" ipv4 primary"),
            "",
        ),
        (
            "/configure service vpls \"V\" sap 1/1/c1/1:100".to_owned(),
            "customer is missing in vpls \"V\"\nservice-id is missing in vpls \"V\"",
        ),
        (
            "/configure service vpls \"V\" customer \"1\"; /configure service vpls \"V\" service-id 7".to_owned(),
            "",
        ),
    ] {
        let mut device = typed(SROS, ROUTER, &lines).1;
        assert_eq!(device.commit().output, complaint, "{lines}");
    }
}
