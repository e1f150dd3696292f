use super::*;

#[test]
fn values_fit_their_kind() {
    for (kind, word, fit) in [
        ("(1-10)", "10", Fit::Yes("10".into())),
        ("(1-10)", "11", Fit::No),
        ("(1-10)", "x", Fit::No),
        ("(1-10)", "01", Fit::Doubtful("1".into())),
        ("ADDRESS4", "10.0.0.1", Fit::Yes("10.0.0.1".into())),
        ("ADDRESS4", "2001:db8::1", Fit::No),
        (
            "ADDRESS6",
            "2001:DB8::1",
            Fit::Doubtful("2001:db8::1".into()),
        ),
        ("PREFIX", "10.0.0.1/24", Fit::Yes("10.0.0.1/24".into())),
        ("PREFIX", "10.0.0.1", Fit::Doubtful("10.0.0.1".into())),
        (
            "NETWORK",
            "10.0.0.1/24",
            Fit::Doubtful("10.0.0.0/24".into()),
        ),
        ("NETWORK", "10.0.0.0/33", Fit::No),
        ("a|b", "b", Fit::Yes("b".into())),
        ("a|b", "c", Fit::No),
        ("PART", "ge100-0/0/0.10", Fit::Yes("ge100-0/0/0.10".into())),
        ("PART", "ge100-0/0/0", Fit::No),
        ("LOOPBACK", "lo0", Fit::Yes("lo0".into())),
        ("LOOPBACK", "local1", Fit::No),
        ("TARGET", "65000:1", Fit::Yes("65000:1".into())),
        ("TARGET", "foo", Fit::Doubtful("foo".into())),
        ("TITLE", "49.1", Fit::Doubtful("49.1".into())),
        ("TEXT", "\"to r2\"", Fit::Yes("\"to r2\"".into())),
        ("TEXT", "\"r2\"", Fit::Yes("r2".into())),
        ("NAMED", "P(1,2)", Fit::Yes("P(1,2)".into())),
        ("NAMED", "P(1", Fit::Doubtful("P(1".into())),
        ("NAME", "\"r2\"", Fit::Yes("r2".into())),
        ("NAME", "1/1/1:10.*", Fit::Yes("1/1/1:10.*".into())),
        ("NAME:4", "red1", Fit::Yes("red1".into())),
        ("NAME:4", "red12", Fit::Doubtful("red12".into())),
        ("LINE:4", "to r2", Fit::Doubtful("to r2".into())),
        ("LINE:5", "to r2", Fit::Yes("to r2".into())),
        ("NAME", "<*", Fit::Doubtful("<*".into())),
        ("TEXT", "a*", Fit::Doubtful("a*".into())),
        ("TEXT", "r$2", Fit::Doubtful("r$2".into())),
        ("HASHED", "\"$9$abc\"", Fit::Yes("\"$9$abc\"".into())),
        ("HASHED", "\"abc hash2\"", Fit::Yes("\"abc hash2\"".into())),
        ("HASHED", "%^%#abc%^%#", Fit::Yes("%^%#abc%^%#".into())),
        ("HASHED", "enc-abc", Fit::Yes("enc-abc".into())),
        ("HASHED", "\"abc\"", Fit::Doubtful("\"abc\"".into())),
        (
            "QUOTED",
            "\"target:1:1\"",
            Fit::Yes("\"target:1:1\"".into()),
        ),
        ("QUOTED", "\"1:1\"", Fit::Doubtful("\"1:1\"".into())),
        (
            "QUOTED",
            "\"target:1\"",
            Fit::Doubtful("\"target:1\"".into()),
        ),
        ("COMMUNITY", "65000:1", Fit::Yes("65000:1".into())),
        ("COMMUNITY", "no-export", Fit::Yes("no-export".into())),
        ("COMMUNITY", "65000", Fit::Doubtful("65000".into())),
        ("WORDED", "target:1:1", Fit::Yes("target:1:1".into())),
        ("WORDED", "target:1", Fit::Doubtful("target:1".into())),
        ("DISTINGUISHER", "\"1:1\"", Fit::Yes("\"1:1\"".into())),
        ("DISTINGUISHER", "\"1\"", Fit::Doubtful("\"1\"".into())),
        ("UNIT", "ge-0/0/0.10", Fit::Yes("ge-0/0/0.10".into())),
        ("UNIT", "all", Fit::Yes("all".into())),
        ("UNIT", "ge-0/0/0", Fit::Doubtful("ge-0/0/0".into())),
        ("STRING", "r2", Fit::Yes("\"r2\"".into())),
        ("STRING", "\"r2\"", Fit::Yes("\"r2\"".into())),
        ("STRING:4", "\"r 2x\"", Fit::Yes("\"r 2x\"".into())),
        ("STRING:4", "\"r2345\"", Fit::Doubtful("\"r2345\"".into())),
        ("STRING:4", "r2345", Fit::Doubtful("\"r2345\"".into())),
        ("STRING:4", "\"  \"", Fit::Doubtful("\"  \"".into())),
        ("IDENTIFIER", "10.0.0.1", Fit::Yes("10.0.0.1".into())),
        ("IDENTIFIER", "0.0.0.0", Fit::Doubtful("0.0.0.0".into())),
        ("IDENTIFIER", "224.0.0.1", Fit::Doubtful("224.0.0.1".into())),
        ("IDENTIFIER", "2001:db8::1", Fit::No),
        ("RATE", "10m", Fit::Yes("10m".into())),
        ("RATE", "10000k", Fit::Doubtful("10000k".into())),
        ("MEMBER", "\"65000:1\"", Fit::Yes("\"65000:1\"".into())),
        ("AREA", "49.0001", Fit::Yes("49.0001".into())),
        ("AREA", "49.1", Fit::Doubtful("49.1".into())),
        ("MEMBER", "\"1:2:3:4\"", Fit::Doubtful("\"1:2:3:4\"".into())),
        ("HOST", "core-1.example", Fit::Yes("core-1.example".into())),
        ("HOST", "\"core 1\"", Fit::Doubtful("\"core 1\"".into())),
    ] {
        assert_eq!(Kind::parse(kind).unwrap().fit(word), fit, "{kind} {word}");
    }
}

#[test]
fn a_plain_word_is_no_kind() {
    for word in ["unit", "inet6", "(1)", "802.3ad"] {
        assert_eq!(Kind::parse(word), None, "{word}");
    }
}
