//! The access matrix as a page to read, written from the one table: `docs/access.md`.

use std::fmt::Write;

use super::{Bestowal, Capability, PlaceKind, Role, ServiceScope, Tie};

const INTRODUCTION: &str = "# Who may do what

Written by `cargo xtask access --write` from `crates/domain/src/access`; do not edit. The table itself is `table.rs`.

A caller is something to a place: to the platform, a country, a partner with its branches, a program, an event. There
it carries its capabilities over what stands within, and nowhere else; what is published is seen everywhere, but by
devices. Whoever is several things may what any of them may. Who has not signed in may nothing.

What one may not see does not exist: it is `null`, empty, or `NOT_FOUND`. What one sees and may not change is
`FORBIDDEN`.
";

const WRITES: &str = "writing to a string does not fail";

/// Writes the page as Markdown.
#[must_use]
pub fn matrix() -> String {
    let mut page = String::from(INTRODUCTION);
    roles(&mut page);
    capabilities(&mut page);
    scopes(&mut page);
    reaches(&mut page);
    page
}

/// Each role: its letter, what it is, how one comes to be it, and where.
fn roles(page: &mut String) {
    page.push_str("\n## Roles\n\n| | Role | What it is | How one comes to be it |");
    row(page, PlaceKind::ALL.iter().map(|kind| format!("At {}", words(kind.as_str()))));
    page.push_str("|:-:|---|---|---|");
    page.push_str(&":-:|".repeat(PlaceKind::ALL.len()));
    page.push('\n');
    for role in Role::ALL {
        let comes = match role.bestowal() {
            Bestowal::Granted => "granted to an account",
            Bestowal::Derived => "follows from the records about the account's person",
            Bestowal::Principal => "is no account, but a caller of its own",
        };
        let (letter, name, what) = (role.letter(), words(role.as_str()), role.description());
        write!(page, "| {letter} | {name} | {what} | {comes} |").expect(WRITES);
        row(page, PlaceKind::ALL.iter().map(|kind| cell(role.places().contains(kind), *role)));
    }
}

/// Each capability: who carries it, and what it is.
fn capabilities(page: &mut String) {
    page.push_str("\n## Capabilities\n\nThe letters are those of the roles above.\n\n| Capability |");
    row(
        page,
        Role::ALL.iter().map(|role| role.letter().to_string()).chain(["Whoever carries it".to_owned()]),
    );
    page.push_str("|---|");
    page.push_str(&":-:|".repeat(Role::ALL.len()));
    page.push_str("---|\n");
    for capability in Capability::ALL {
        write!(page, "| {} |", words(capability.as_str())).expect(WRITES);
        let answers = Role::ALL.iter().map(|role| cell(role.may(*capability), *role));
        row(page, answers.chain([capability.description().to_owned()]));
    }
}

/// What each scope of a service account names.
fn scopes(page: &mut String) {
    page.push_str(
        "\n## Scopes of service accounts\n\nA service account carries, of what its role may, what its scopes name; a \
         token can name fewer.\n\n| Scope | Capabilities | Whoever has it |\n|---|---|---|\n",
    );
    for scope in ServiceScope::ALL {
        let named: Vec<String> = scope.capabilities().iter().map(|one| words(one.as_str())).collect();
        write!(page, "| `{scope}` |").expect(WRITES);
        row(page, [named.join(", "), scope.description().to_owned()].into_iter());
    }
}

/// What the places reach: what stands within each kind, and what an institution reaches by a part it has.
fn reaches(page: &mut String) {
    page.push_str("\n## Places\n\n| Place | What stands within it |\n|---|---|\n");
    for kind in PlaceKind::ALL {
        write!(page, "| {} |", words(kind.as_str())).expect(WRITES);
        row(page, std::iter::once(kind.description().to_owned()));
    }
    page.push_str(
        "\nAn event stands with its host. Who has a part in it without hosting it reaches less, whatever the role at \
         that institution carries:\n\n| Part in an event | What the institution's people may with it |\n|---|---|\n",
    );
    for (tie, part) in [
        (Tie::Organiser, "organises it (lead organiser, organiser, co-organiser)"),
        (Tie::Nominator, "organises it, and a person there represents the institution: over that person"),
        (Tie::Funder, "pays for it (funder)"),
    ] {
        let opened = Capability::ALL.iter().filter(|capability| capability.ties().contains(&tie));
        let opened: Vec<String> = opened.map(|capability| words(capability.as_str())).collect();
        write!(page, "| {part} |").expect(WRITES);
        row(page, std::iter::once(opened.join(", ")));
    }
}

/// Ends a line of a table with these cells.
fn row(page: &mut String, cells: impl Iterator<Item = String>) {
    for cell in cells {
        write!(page, " {cell} |").expect(WRITES);
    }
    page.push('\n');
}

fn cell(is_so: bool, role: Role) -> String {
    if is_so { role.letter().to_string() } else { String::new() }
}

fn words(word: &str) -> String {
    word.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_a_row_for_each_role_and_each_capability() {
        let page = matrix();
        for role in Role::ALL {
            let row = format!("| {} | {} | {}", role.letter(), words(role.as_str()), role.description());
            assert!(page.contains(&row), "{row}");
        }
        for capability in Capability::ALL {
            assert!(page.contains(&format!("\n| {} | ", words(capability.as_str()))), "{capability}");
            assert!(page.contains(&format!("| {} |\n", capability.description())), "{capability}");
        }
    }
}
