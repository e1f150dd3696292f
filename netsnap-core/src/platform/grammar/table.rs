//! How is a `[grammar]` section written?

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::Pattern;
use super::{Removal, TextForm};

/// The `[grammar]` section as it stands in a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GrammarTable {
    /// How a configuration is written.
    pub(super) form: Form,
    /// The word that takes a line back; `no` when left out.
    pub(super) negation: Option<String>,
    /// What leaves a section that does not say it itself; `exit` when left out.
    pub(super) leave: Option<String>,
    /// What puts into force what was typed so far, where a device takes a change over as a whole and a plan may have to do so in
    /// between; none where it cannot.
    pub(super) commit: Option<String>,
    /// What stands before a whole path.
    pub(super) verbs: Verbs,
    /// What ends a statement in braces; the end of the line where it is empty.
    pub(super) terminator: Terminator,
    /// What stands around the whole configuration in braces, and stands for itself in no path.
    pub(super) root: Option<String>,
    /// What begins and ends a word with blanks in it.
    pub(super) quotes: Option<Vec<char>>,
    /// Whether quotes around a plain word say nothing: the device leaves them out.
    pub(super) needless_quotes: bool,
    /// What stands before a statement in braces that is there and does nothing.
    pub(super) inactive: Option<String>,
    /// How the lines of one section are indented.
    pub(super) indentation: Indentation,
    /// First characters of a comment.
    pub(super) comments: Vec<char>,
    /// Beginnings of the comments that the device keeps with its configuration.
    pub(super) annotations: Vec<String>,
    /// Lines that only leave a section or end the text.
    pub(super) closers: Vec<String>,
    /// Lines that the device writes of its own accord around the configuration, and that nobody types: the version of its software.
    pub(super) written: Vec<String>,
    /// Lines without meaning for a change.
    pub(super) ignored: Vec<String>,
    /// Values that stand where a secret was masked, besides those that everybody writes.
    pub(super) masked: Vec<Pattern>,
    /// Marks of statements that the device takes no command for, as long as they are marked.
    pub(super) barred: Vec<Pattern>,
    /// How ports are bundled, where a bundle carries lines on to its members.
    pub(super) bundle: Option<Bundle>,
    /// Texts of several lines that are no configuration lines.
    pub(super) blobs: Vec<BlobTable>,
    /// Sections by name; `global` is the outermost.
    pub(super) section: BTreeMap<String, SectionTable>,
}

/// How ports are bundled.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bundle {
    /// What begins the line that makes a port a member; its next word is the number of the bundle.
    pub(crate) member: String,
    /// What stands before the number in the header of the bundle.
    pub(crate) header: String,
    /// Beginnings of lines of the bundle that its members take over.
    pub(crate) carried: Vec<String>,
    /// What is said of a port that left, where it may be shut then.
    #[serde(default)]
    pub(crate) left: Option<String>,
}

/// How a configuration is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    /// What belongs to a line is indented below it.
    #[default]
    Indented,
    /// What belongs to a statement stands in braces behind it. One path a line is understood too.
    Braced,
    /// Each line is a whole path. Braces are understood too.
    Set,
}

/// What stands before a whole path that is typed; of those to set and to mark, also before one that is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Verbs {
    /// Sets a statement; one word, or none.
    pub(crate) set: String,
    /// Takes a statement back.
    pub(crate) delete: String,
    /// Puts a statement beside another; empty where a list is put in order by making it anew from the first difference on.
    pub(crate) insert: String,
    /// Lets a statement act again.
    pub(crate) activate: String,
    /// Lets a statement stand and do nothing; one word.
    pub(crate) deactivate: String,
}

impl Default for Verbs {
    fn default() -> Self {
        let [set, delete, insert, activate, deactivate] =
            ["set", "delete", "insert", "activate", "deactivate"].map(str::to_owned);
        Self {
            set,
            delete,
            insert,
            activate,
            deactivate,
        }
    }
}

/// What ends a statement in braces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Terminator {
    /// A semicolon.
    #[default]
    #[serde(rename = ";")]
    Semicolon,
    /// The end of the line.
    #[serde(rename = "")]
    EndOfLine,
}

/// How the lines of one section are indented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Indentation {
    /// All alike; anything else is a mistake.
    #[default]
    Alike,
    /// Deeper than their header, and not all alike.
    Mixed,
}

/// A text of several lines.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BlobTable {
    /// The first word of its first line.
    pub(super) word: String,
    /// Its first line; the capture `delimiter` is what ends it.
    pub(super) start: Pattern,
    /// The delimiters among which the first is typed that the text does not hold: any of them means the same to the device.
    #[serde(default)]
    pub(super) delimiters: String,
    /// Its last line, where no delimiter ends it.
    #[serde(default)]
    pub(super) end: Option<Pattern>,
    /// Whether it never stands inside a section, where a line like its first one is an ordinary line.
    #[serde(default)]
    pub(super) outermost: bool,
}

/// A section and the lines inside it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SectionTable {
    /// The sections around it; the global one when left out.
    #[serde(rename = "in")]
    pub(super) parents: Vec<String>,
    /// Lines that open it.
    pub(super) header: Vec<LineTable>,
    /// What leaves it; what leaves any section when left out.
    pub(super) leave: Option<String>,
    /// Its lines; the first that fits counts.
    pub(super) lines: Vec<LineTable>,
}

/// A line, written as its pattern alone or with its properties.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum LineTable {
    /// Nothing special.
    Plain(String),
    /// With properties.
    Full(Box<LineProperties>),
}

/// The properties of a line.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LineProperties {
    /// The pattern.
    pub(super) line: String,
    /// What takes the line back; the negation of the line when left out.
    pub(super) negate: Option<String>,
    /// What takes the line back in either form, where neither its negation nor `negate` does; of a section that stays, what
    /// empties it with one line.
    pub(super) reset: Option<String>,
    /// Whether it is printed with and without its negation, so that nobody knows what holds without it.
    pub(super) unknown_default: bool,
    /// Whether a device prints one of the two forms alone, so that the one it prints tells what holds without either.
    pub(super) prints_one_form: bool,
    /// The form that the device does not print: the line means the same as its absence.
    pub(super) default: Option<String>,
    /// A line at the top with which its negation is what the device does not print.
    pub(super) default_turned_by: Option<String>,
    /// Whether another value is refused or merged while the old one is there.
    pub(super) remove_first: bool,
    /// That the device may keep words of the old value that the new one leaves out; the words behind which a name takes the place of
    /// another one, as a number takes that of a number.
    pub(super) options_stay: Option<Vec<String>>,
    /// Whether the value is a list of names to which a further line adds, and of which its negation takes what it names.
    pub(super) merges: bool,
    /// Whether the device is reached by it: a management route, a user, a method of login. Then it goes only after its
    /// replacement is there.
    pub(super) critical: bool,
    /// Whether the line goes only after its replacement is there.
    pub(super) make_before_break: bool,
    /// Whether lines with the same key keep their order.
    pub(super) ordered: bool,
    /// Whether the device asks what lines of this form name one after the other, in the order in which they came.
    pub(super) asked_in_turn: bool,
    /// What takes the line back together with all that it destroys, where nothing spares that: lines beside it alone.
    pub(super) negate_whole: Option<String>,
    /// What takes back all lines with the same key, where single ones cannot be taken back.
    pub(super) negate_all: Option<String>,
    /// What lets the list that the header opens count anew; the first number and the distance come behind it.
    pub(super) renumber: Option<String>,
    /// Whether the line is an entry of such a list: a number may stand before it.
    pub(super) numbered: bool,
    /// What tells apart lists whose lines keep their order, and are taken back one by one.
    pub(super) list: Option<String>,
    /// Names that the line makes.
    pub(super) defines: Vec<String>,
    /// Names that must be there for the line.
    pub(super) uses: Vec<String>,
    /// Of these, the ones that are there without being made.
    pub(super) built_in: Vec<String>,
    /// Names that come before the line and go after it where they come and go with it; nothing is wrong where they are not there.
    /// Of a set of numbers, each of them.
    pub(super) mentions: Vec<String>,
    /// Names that must be there for a text of several lines: each with the words that stand before it anywhere in the text.
    pub(super) inside: BTreeMap<String, Vec<String>>,
    /// Things that only one line at a time can have.
    pub(super) claims: Vec<String>,
    /// Things that only one line at a time can have, and that have to be free when a change is put into force before another takes them.
    pub(super) apart: Vec<String>,
    /// Beginnings of lines beside it that have to be gone when a change is put into force before this one comes, changes or goes.
    pub(super) apart_from: Vec<String>,
    /// Whether the section around it is made anew, apart, when its value changes.
    pub(super) remakes: bool,
    /// Whether nobody may use what it makes any more when a change is put into force before it goes.
    pub(super) freed_apart: bool,
    /// Things that only one line of the same port can have: of one section, or of several whose headers differ behind a dot.
    pub(super) claims_of_port: Vec<String>,
    /// What the line filters: it comes before that is in service, and goes after it.
    pub(super) guards: Vec<String>,
    /// What the line makes and brings into service at once: what guards it comes right behind.
    pub(super) exposes: Vec<String>,
    /// What the line brings into service when all the rest is there.
    pub(super) starts: Vec<String>,
    /// What the line keeps out of service: it comes before all the rest, and goes behind it.
    pub(super) stops: Vec<String>,
    /// What the line says something about: it is there before others join that, and goes after they have left.
    pub(super) belongs: Vec<String>,
    /// What the line adds to a list that may be in use, where no second line can say the same: new ones come before old ones go.
    pub(super) entry: Option<String>,
    /// A last word that the device keeps of an entry when it comes without it: the old entry goes first, whatever its number is.
    pub(super) lingers: Option<String>,
    /// Beginnings of lines that disappear together with this one.
    pub(super) destroys: Vec<String>,
    /// Beginnings of lines beside it while one of which stands nothing disappears with it.
    pub(super) spared_by: Vec<String>,
    /// The same for lines that stand beside it after the change.
    pub(super) kept_by: Vec<String>,
    /// Beginnings of lines beside it that the device drops when this one changes.
    pub(super) resets: Vec<String>,
    /// Beginnings of lines beside it that the device drops when this one comes into force.
    pub(super) on_resets: Vec<String>,
    /// Beginnings of lines beside it that the device drops when the negation of this one comes into force.
    pub(super) off_resets: Vec<String>,
    /// Beginnings of lines beside it that some releases drop, and others keep, when the negation of this one comes into force.
    pub(super) off_may_reset: Vec<String>,
    /// Names that must be there for the line, and take it along by themselves when they go.
    pub(super) needs: Vec<String>,
    /// Beginnings of lines beside it with whose removal this one goes, and with it all that it destroys.
    pub(super) goes_with: Vec<String>,
    /// The sorts of things that the line is one of.
    pub(super) sort: Vec<String>,
    /// The sorts of things of which none may be left when the line comes.
    pub(super) never_beside: Vec<String>,
    /// The kinds of lines of its own section that the line is one of.
    pub(super) kind: Vec<String>,
    /// The kinds of lines of its own section of which none may be left when the line comes; of its negation nothing is said.
    pub(super) without: Vec<String>,
    /// Lines that the device writes anew by itself when this one comes or goes, so that they need not go: `HEADER / LINE`, `*` for
    /// any word.
    pub(super) rewrites: Vec<String>,
    /// The first word of what others expose (`exposes`) for each of which it writes such a line, or does not, by what holds by
    /// default: the line itself says that.
    pub(super) rewrites_of: Option<String>,
    /// Whether the line comes before the others of its section, and goes after them.
    pub(super) first: bool,
    /// How a section goes.
    pub(super) removal: Removal,
    /// Whether the section cannot stand inside another.
    pub(super) outermost: bool,
    /// Whether another value in the header takes the place of the old one, and what stands inside stays.
    pub(super) in_place: bool,
    /// How the value changes, where it is a set of numbers.
    pub(super) range: Option<RangeTable>,
    /// The list of numbers that the line stands for one by one.
    pub(super) each: Option<EachTable>,
    /// How the line is typed, where it begins a text of several lines.
    pub(super) text: Option<TextForm>,
}

/// A set of numbers as a value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RangeTable {
    /// What adds numbers to the set; where it is left out the line itself adds, and never overwrites.
    #[serde(default)]
    pub(super) add: Option<String>,
    /// What takes numbers out of it.
    pub(super) remove: String,
    /// All numbers there are; with them, `all`, `none` and `except` are understood.
    #[serde(default)]
    pub(super) all: Option<String>,
    /// What stands between two items; a comma when left out.
    #[serde(default)]
    pub(super) separator: Option<String>,
    /// What stands between the ends of a range; a dash when left out.
    #[serde(default)]
    pub(super) to: Option<String>,
}

/// A line for each number of a list, written as the name of the list or with its properties.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum EachTable {
    /// The line itself, with one number.
    Of(String),
    /// Another line.
    As(EachProperties),
}

/// How a line is written for one number of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EachProperties {
    /// The name of the list.
    pub(super) of: String,
    /// The line for one number; the line itself when left out.
    #[serde(default, rename = "as")]
    pub(super) single: Option<String>,
    /// What stands between two items; a comma when left out.
    #[serde(default)]
    pub(super) separator: Option<String>,
    /// What stands between the ends of a range; a dash when left out.
    #[serde(default)]
    pub(super) to: Option<String>,
}

impl LineTable {
    /// Returns the properties, all at rest for a plain line.
    pub(super) fn properties(self) -> LineProperties {
        match self {
            Self::Plain(line) => LineProperties {
                line,
                ..LineProperties::default()
            },
            Self::Full(properties) => *properties,
        }
    }
}
