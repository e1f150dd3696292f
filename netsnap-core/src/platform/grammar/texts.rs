//! What does one kind of line say about itself and about others?

use super::mention::Mention;
use super::phrases::{self, Phrase};
use super::table::LineProperties;
use super::{Rule, Template};

/// The texts of a rule.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    /// The pattern as it stands in the table.
    pub(super) row: String,
    pub(super) negate: Option<Template>,
    pub(super) reset: Option<Template>,
    pub(super) negate_whole: Option<Template>,
    pub(super) negate_all: Option<Template>,
    pub(super) renumber: Option<Template>,
    pub(super) list: Option<Template>,
    pub(super) defines: Vec<Template>,
    pub(super) uses: Vec<Template>,
    /// Names among them that nobody makes.
    pub(super) built_in: Vec<String>,
    pub(super) needs: Vec<Template>,
    pub(super) mentions: Vec<Template>,
    pub(super) claims: Vec<Template>,
    pub(super) apart: Vec<Template>,
    pub(super) apart_from: Vec<Template>,
    pub(super) claims_of_port: Vec<Template>,
    pub(super) guards: Vec<Template>,
    pub(super) exposes: Vec<Template>,
    pub(super) starts: Vec<Template>,
    pub(super) stops: Vec<Template>,
    pub(super) belongs: Vec<Template>,
    pub(super) entry: Option<Template>,
    pub(super) lingers: Option<String>,
    pub(super) default_turned_by: Option<String>,
    pub(super) inside: Vec<Phrase>,
    pub(super) destroys: Vec<Template>,
    pub(super) spared_by: Vec<Template>,
    pub(super) kept_by: Vec<Template>,
    pub(super) resets: Vec<Template>,
    pub(super) on_resets: Vec<Template>,
    pub(super) off_resets: Vec<Template>,
    pub(super) off_may_reset: Vec<Template>,
    pub(super) goes_with: Vec<Template>,
    pub(super) sort: Vec<Template>,
    pub(super) never_beside: Vec<Template>,
    pub(super) kind: Vec<Template>,
    pub(super) without: Vec<Template>,
    pub(super) rewrites: Vec<String>,
    pub(super) rewrites_of: Option<String>,
}

impl Texts {
    /// Takes them from what a table says.
    pub(super) fn of(table: &mut LineProperties) -> Self {
        let text = |text: &mut Option<String>| text.take().map(Template::new);
        let texts = |texts: &mut Vec<String>| texts.drain(..).map(Template::new).collect();
        Self {
            row: std::mem::take(&mut table.line),
            negate: text(&mut table.negate),
            reset: text(&mut table.reset),
            negate_whole: text(&mut table.negate_whole),
            negate_all: text(&mut table.negate_all),
            renumber: text(&mut table.renumber),
            list: text(&mut table.list),
            defines: texts(&mut table.defines),
            uses: texts(&mut table.uses),
            built_in: std::mem::take(&mut table.built_in),
            needs: texts(&mut table.needs),
            mentions: texts(&mut table.mentions),
            claims: texts(&mut table.claims),
            apart: texts(&mut table.apart),
            apart_from: texts(&mut table.apart_from),
            claims_of_port: texts(&mut table.claims_of_port),
            guards: texts(&mut table.guards),
            exposes: texts(&mut table.exposes),
            starts: texts(&mut table.starts),
            stops: texts(&mut table.stops),
            belongs: texts(&mut table.belongs),
            entry: text(&mut table.entry),
            lingers: table.lingers.take(),
            default_turned_by: table.default_turned_by.take(),
            inside: Phrase::all(std::mem::take(&mut table.inside)),
            destroys: texts(&mut table.destroys),
            spared_by: texts(&mut table.spared_by),
            kept_by: texts(&mut table.kept_by),
            resets: texts(&mut table.resets),
            on_resets: texts(&mut table.on_resets),
            off_resets: texts(&mut table.off_resets),
            off_may_reset: texts(&mut table.off_may_reset),
            goes_with: texts(&mut table.goes_with),
            sort: texts(&mut table.sort),
            never_beside: texts(&mut table.never_beside),
            kind: texts(&mut table.kind),
            without: texts(&mut table.without),
            rewrites: std::mem::take(&mut table.rewrites),
            rewrites_of: table.rewrites_of.take(),
        }
    }
}

impl Rule {
    /// Returns each text that takes captures of the pattern.
    pub(super) fn templates(&self) -> impl Iterator<Item = &Template> {
        let own = [
            &self.texts.negate,
            &self.texts.reset,
            &self.texts.negate_whole,
            &self.texts.negate_all,
            &self.texts.renumber,
            &self.texts.list,
            &self.texts.entry,
        ];
        let range = self.range.iter().flat_map(|range| range.templates());
        let each = self.each.iter().map(|each| each.parts().0);
        let names = self.names_needed().chain(self.defines_templates());
        let claims = self.texts.claims.iter().chain(&self.texts.claims_of_port);
        let claims = claims.chain(&self.texts.apart);
        let texts = names.chain(claims).chain(self.beginnings());
        let texts = texts.chain(&self.texts.goes_with).chain(&self.texts.sort);
        let texts = texts.chain(&self.texts.never_beside);
        let texts = texts
            .chain(&self.texts.spared_by)
            .chain(&self.texts.kept_by);
        let texts = texts.chain(&self.texts.kind).chain(&self.texts.without);
        let texts = texts.chain(self.service_templates());
        own.into_iter()
            .flatten()
            .chain(range)
            .chain(each)
            .chain(texts)
    }

    /// Returns the name of the list that the line stands for one by one.
    pub(super) fn each_list(&self) -> Option<&str> {
        Some(self.each.as_ref()?.parts().1)
    }

    /// Returns the names that the line makes, as they stand in the table.
    pub(super) fn defines_templates(&self) -> impl Iterator<Item = &Template> {
        self.texts.defines.iter()
    }

    /// Returns the names that must be there for the line, as they stand in the table.
    pub(super) fn names_needed(&self) -> impl Iterator<Item = &Template> {
        let written = self.texts.uses.iter().chain(&self.texts.mentions);
        written.chain(&self.texts.needs)
    }

    /// Returns the names that must be there for what stands in the text, as they stand in the table.
    pub(super) fn names_inside(&self) -> impl Iterator<Item = String> {
        let phrases = self.texts.inside.iter();
        phrases.map(|phrase| phrase.template().text().to_owned())
    }

    fn service_templates(&self) -> impl Iterator<Item = &Template> {
        let both = self.texts.guards.iter().chain(&self.texts.exposes);
        let service = both.chain(&self.texts.starts).chain(&self.texts.stops);
        service.chain(&self.texts.belongs)
    }

    /// Returns the beginnings of lines that the device drops, as they stand in the table.
    pub(super) fn beginnings(&self) -> impl Iterator<Item = &Template> {
        let both = self.texts.destroys.iter().chain(&self.texts.resets);
        both.chain(&self.texts.on_resets)
            .chain(&self.texts.off_resets)
            .chain(&self.texts.off_may_reset)
            .chain(&self.texts.apart_from)
    }

    /// Returns the names that the line makes.
    pub(crate) fn defines(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.defines, line)
    }

    /// Says whether the line needs names, and nothing waits for it.
    pub(crate) fn only_uses(&self) -> bool {
        !self.texts.uses.is_empty()
            && self.texts.defines.is_empty()
            && self.texts.claims.is_empty()
            && !self.first
    }

    /// Returns the names that must be there for the line.
    pub(crate) fn uses(&self, line: &str) -> Vec<String> {
        let mut uses = self.fill_all(&self.texts.uses, line);
        uses.retain(|name| !self.texts.built_in.contains(name));
        uses.extend(phrases::names(&self.texts.inside, line));
        uses
    }

    /// Returns the names that are there before the line and after it, where the change makes or takes them.
    pub(crate) fn mentions(&self, line: &str) -> Vec<Mention> {
        if self.texts.mentions.is_empty() {
            return Vec::new();
        }
        let Some(range) = &self.range else {
            let names = self.fill_all(&self.texts.mentions, line).into_iter();
            return names.map(Mention::Name).collect();
        };
        let captures = self.captures(line);
        let Some(numbers) = range.numbers(&captures) else {
            return Vec::new();
        };
        let templates = self.texts.mentions.iter();
        templates
            .map(|text| Mention::Each(range.without_value(text), numbers.clone()))
            .collect()
    }

    /// Returns what the line filters.
    pub(crate) fn guards(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.guards, line)
    }

    /// Returns what the line makes and brings into service at once.
    pub(crate) fn exposes(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.exposes, line)
    }

    /// Returns what the line brings into service when it comes: its negation where the line keeps that out of service.
    pub(crate) fn starts(&self, line: &str) -> Vec<String> {
        match self.negation.is_on(line) {
            true => self.fill_all(&self.texts.stops, line),
            false => self.fill_all(&self.texts.starts, line),
        }
    }

    /// Returns what the line takes out of service when it comes.
    pub(crate) fn stops(&self, line: &str) -> Vec<String> {
        match self.negation.is_on(line) {
            true => self.fill_all(&self.texts.starts, line),
            false => self.fill_all(&self.texts.stops, line),
        }
    }

    /// Returns what the line says something about.
    pub(crate) fn belongs(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.belongs, line)
    }

    /// Says whether the line is one of a list.
    pub(crate) fn is_entry(&self) -> bool {
        self.texts.entry.is_some()
    }

    /// Returns what the line says in a list, and in which; none for a line of no list.
    pub(crate) fn entry(&self, line: &str) -> Option<(String, String)> {
        let says = self.texts.entry.as_ref()?.fill(&self.captures(line));
        Some((self.defines(line).join("\n"), says))
    }

    /// Returns the same, without the word that lingers: what no second entry of the list can say.
    pub(crate) fn says_alone(&self, line: &str) -> Option<(String, String)> {
        let (list, mut says) = self.entry(line)?;
        let word = self.texts.lingers.as_deref();
        let bare = word.and_then(|word| says.strip_suffix(word)?.strip_suffix(' '));
        if let Some(length) = bare.map(str::len) {
            says.truncate(length);
        }
        Some((list, says))
    }

    /// Says whether the device takes a new entry for the old one, and leaves that as it is.
    pub(crate) fn lingers(&self, old: &str, new: &str) -> bool {
        let bare = self.says_alone(old);
        bare.is_some() && bare == self.entry(new) && bare != self.entry(old)
    }

    /// Returns the things that only one line at a time can have.
    pub(crate) fn claims(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.claims, line)
    }

    /// Returns the things that have to be free when a change is put into force before the line takes them.
    pub(crate) fn apart(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.apart, line)
    }

    /// Says whether there are such things.
    pub(crate) fn stands_apart(&self) -> bool {
        !self.texts.apart.is_empty()
    }

    /// Returns the beginnings of lines beside it that have to be gone when a change is put into force before this one changes.
    pub(crate) fn apart_from(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.apart_from, line)
    }

    /// Returns the things that only one line of the same port can have.
    pub(crate) fn claims_of_port(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.claims_of_port, line)
    }

    /// Returns the beginnings of lines that disappear together with this one.
    pub(crate) fn destroys(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.destroys, line)
    }

    /// Returns the beginnings of lines beside it while one of which stands nothing disappears with this one.
    pub(crate) fn spared_by(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.spared_by, line)
    }

    /// The same for lines that stand beside it after the change.
    pub(crate) fn kept_by(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.kept_by, line)
    }

    /// Says whether lines of sections beside it go with the line too.
    pub(crate) fn destroys_inside(&self) -> bool {
        !self.texts.destroys.is_empty() && self.texts.negate_whole.is_none()
    }

    /// Returns what takes a line back together with all that it destroys; none where that is its negation.
    pub(crate) fn negation_of_whole(&self, line: &str) -> Option<String> {
        let template = self.texts.negate_whole.as_ref()?;
        Some(template.fill(&self.captures(line)))
    }

    /// Returns the beginnings of lines beside it that the device drops when this one comes into force.
    pub(crate) fn comes_into_force(&self, line: &str) -> Vec<String> {
        self.dropped_when(self.negation.is_on(line), line)
    }

    /// Returns the beginnings of lines beside it that the device drops when this one is taken back.
    pub(crate) fn goes_out_of_force(&self, line: &str) -> Vec<String> {
        self.dropped_when(!self.negation.is_on(line), line)
    }

    /// Returns the beginnings of lines beside it that can only come once this one has come into force.
    pub(crate) fn allows(&self, line: &str) -> Vec<String> {
        self.own_resets(!self.negation.is_on(line), line)
    }

    /// Returns the beginnings of lines beside it that can only come once this one was taken back.
    pub(crate) fn allows_without(&self, line: &str) -> Vec<String> {
        self.own_resets(self.negation.is_on(line), line)
    }

    /// Returns the beginnings of lines beside it that some releases drop when this one comes into force.
    pub(crate) fn comes_into_doubt(&self, line: &str) -> Vec<String> {
        match self.negation.is_on(line) {
            true => self.fill_all(&self.texts.off_may_reset, line),
            false => Vec::new(),
        }
    }

    /// Returns the beginnings of lines beside it that some releases drop when this one is taken back.
    pub(crate) fn goes_into_doubt(&self, line: &str) -> Vec<String> {
        match self.negation.is_on(line) {
            true => Vec::new(),
            false => self.fill_all(&self.texts.off_may_reset, line),
        }
    }

    fn dropped_when(&self, is_off: bool, line: &str) -> Vec<String> {
        let mut dropped = self.fill_all(&self.texts.resets, line);
        dropped.extend(self.own_resets(is_off, line));
        dropped
    }

    fn own_resets(&self, is_off: bool, line: &str) -> Vec<String> {
        match is_off {
            true => self.fill_all(&self.texts.off_resets, line),
            false => self.fill_all(&self.texts.on_resets, line),
        }
    }

    /// Returns the names that must be there for the line, and that take it along when they go.
    pub(crate) fn needs(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.needs, line)
    }

    /// Says whether the line goes with others.
    pub(crate) fn is_follower(&self) -> bool {
        !self.texts.goes_with.is_empty()
    }

    /// Returns the beginnings of lines beside it with whose removal this one goes, and with it all that it destroys.
    pub(crate) fn goes_with(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.goes_with, line)
    }

    /// Returns the sorts of things that the line is one of.
    pub(crate) fn sort(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.sort, line)
    }

    /// Returns the sorts of things of which none may be left when the line comes.
    pub(crate) fn never_beside(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.never_beside, line)
    }

    /// Returns the kinds of lines of its own section that the line is one of.
    pub(crate) fn kind(&self, line: &str) -> Vec<String> {
        self.fill_all(&self.texts.kind, line)
    }

    /// Returns the kinds of lines of its own section of which none may be left when the line comes.
    pub(crate) fn without(&self, line: &str) -> Vec<String> {
        match self.negation.is_on(line) {
            true => Vec::new(),
            false => self.fill_all(&self.texts.without, line),
        }
    }

    /// Returns the first word of the names of what those lines are written of, where they say what holds otherwise than by default.
    pub(crate) fn rewrites_of(&self) -> Option<&str> {
        self.texts.rewrites_of.as_deref()
    }

    /// Returns the lines that the device writes anew by itself when this one comes or goes: `HEADER / LINE`, `*` for any word.
    pub(crate) fn rewrites(&self) -> &[String] {
        &self.texts.rewrites
    }

    fn fill_all(&self, templates: &[Template], line: &str) -> Vec<String> {
        if templates.is_empty() {
            return Vec::new();
        }
        let captures = self.captures(line);
        templates
            .iter()
            .flat_map(|template| template.fill_each(&captures))
            .collect()
    }
}
