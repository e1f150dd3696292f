use super::*;

fn whole(words: &[&str]) -> Match {
    Match::Whole(words.iter().map(|word| (*word).to_owned()).collect())
}

fn typed(pattern: &str, line: &str) -> Match {
    let words: Vec<&str> = line.split_whitespace().collect();
    Pattern::parse(pattern).unwrap().follow(&words)
}

#[test]
fn a_value_out_of_range_departs_where_it_stands() {
    let cost = "ip ospf cost = (1-65535)";
    assert_eq!(
        typed(cost, "ip ospf cost 50"),
        whole(&["ip", "ospf", "cost", "50"])
    );
    assert_eq!(typed(cost, "ip ospf cost 70000"), Match::Wrong(3));
    assert_eq!(typed(cost, "ip ospf cost +5"), Match::Departs(3));
    assert_eq!(typed(cost, "ip ospf cost 50 10.0.0.1"), Match::Departs(4));
    assert_eq!(typed(cost, "ip ospf cost"), Match::Incomplete);
}

#[test]
fn a_network_loses_its_host_bits_and_options_may_be_left_out() {
    let list = "ip prefix-list NAME [seq (1-99)] permit|deny NETWORK [ge (1-32)] [le (1-32)]";
    assert_eq!(
        typed(list, "ip prefix-list A permit 10.0.0.5/8 le 24"),
        whole(&["ip", "prefix-list", "A", "permit", "10.0.0.0/8", "le", "24"])
    );
    assert_eq!(typed(list, "ip prefix-list A"), Match::Incomplete);
    assert_eq!(
        typed(list, "ip prefix-list A seq 0 permit 10.0.0.0/8"),
        Match::Wrong(4)
    );
}

#[test]
fn a_removal_may_name_the_value_or_leave_it_out() {
    let cost = Pattern::parse("ip ospf cost = (1-65535)").unwrap();
    for line in [&["ip", "ospf", "cost"][..], &["ip", "ospf", "cost", "99"]] {
        assert!(matches!(
            cost.follow_removal(line, Value::May),
            Match::Whole(_)
        ));
    }
    assert_eq!(
        cost.follow_removal(&["ip", "ospf", "cost", "99"], Value::MustNot),
        Match::Wrong(3)
    );
}

#[test]
fn a_pattern_with_unbalanced_brackets_or_a_bad_range_is_refused() {
    for text in ["a [b", "a b]", "a (1)", "a (x-2)"] {
        assert!(Pattern::parse(text).is_err(), "{text}");
    }
}
