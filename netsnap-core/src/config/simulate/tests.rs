use super::*;

const CAPTURES: &[(&str, &str)] = &[
    ("before-r1", include_str!("recorded/before-r1.txt")),
    ("before-r2", include_str!("recorded/before-r2.txt")),
    ("before-r3", include_str!("recorded/before-r3.txt")),
    ("before-r4", include_str!("recorded/before-r4.txt")),
    ("after-r1", include_str!("recorded/after-r1.txt")),
    ("after-r2", include_str!("recorded/after-r2.txt")),
    ("after-r3", include_str!("recorded/after-r3.txt")),
    ("after-r4", include_str!("recorded/after-r4.txt")),
    ("bgp-r1", include_str!("recorded/bgp-r1.txt")),
    ("bgp-r2", include_str!("recorded/bgp-r2.txt")),
    ("bgp-r3", include_str!("recorded/bgp-r3.txt")),
    ("bgp-r4", include_str!("recorded/bgp-r4.txt")),
];

#[test]
fn every_recorded_router_boots_and_prints_itself_byte_for_byte() {
    for (name, text) in CAPTURES {
        let device = Simulation::new("frr", text).unwrap();
        assert_eq!(device.running(), *text, "{name}");
    }
}
