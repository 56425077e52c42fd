//! The access matrix as a page to read, written from the one table: `docs/access.md`.

use std::fmt::Write;

use super::{Capability, Role};

/// Writes role by capability as Markdown.
#[must_use]
pub fn matrix() -> String {
    let mut page = String::from(
        "# Who may do what\n\n\
         Written by `cargo xtask access --write` from the table in `crates/domain/src/access/role.rs`; do not edit.\n\n\
         A role is held at a place: the platform, a country, a partner with its branches, a program, an event. \
         It carries its capabilities over what stands there and nowhere else; what is published is seen everywhere.\n\n\
         | Capability |",
    );
    for role in Role::ALL {
        write!(page, " {} |", words(role.as_str())).expect("writing to a string does not fail");
    }
    page.push_str("\n|---|");
    page.push_str(&":-:|".repeat(Role::ALL.len()));
    page.push('\n');
    for capability in Capability::ALL {
        write!(page, "| {} |", words(capability.as_str())).expect("writing to a string does not fail");
        for role in Role::ALL {
            page.push_str(if role.may(*capability) { " yes |" } else { " |" });
        }
        page.push('\n');
    }
    page
}

fn words(word: &str) -> String {
    word.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_a_row_for_each_capability() {
        let page = matrix();
        assert_eq!(page.lines().filter(|line| line.starts_with("| ")).count(), Capability::ALL.len() + 1);
        assert!(page.contains("| check in | yes | | yes | yes | yes | yes | yes | |"));
    }
}
