//! Territories, partners, search and nodes: seen by everyone who signs in, changed by few.

use super::{Row, SIGNED_IN};

pub(super) const ROWS: &[Row] = &[
    Row {
        operation: "Query.rateLimit",
        about: "their own",
        document: "{ rateLimit { cost remaining } }",
        answers: "++++++++",
    },
    Row {
        operation: "Query.territory",
        about: "a region",
        document: "{ territory(id: @kz-31) { id } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.territories",
        about: "all",
        document: "{ territories { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Mutation.createTerritory",
        about: "in Kazakhstan",
        document: "mutation { createTerritory(input: { kind: DISTRICT, code: \"KZ-31/new\", parentId: @kz-31,
            names: [{ text: \"New\", language: \"en\" }] }) { territory { id } } }",
        answers: "!+-+----",
    },
    Row {
        operation: "Mutation.createTerritory",
        about: "in Uzbekistan",
        document: "mutation { createTerritory(input: { kind: DISTRICT, code: \"UZ-JI/new\", parentId: @uz-ji,
            names: [{ text: \"New\", language: \"en\" }] }) { territory { id } } }",
        answers: "!+------",
    },
    Row {
        operation: "Mutation.updateTerritory",
        about: "in Kazakhstan",
        document: "mutation { updateTerritory(input: { id: @kz-31, validFrom: \"1939-10-14\" }) { territory { id } } }",
        answers: "!+-+----",
    },
    Row {
        operation: "Mutation.importTerritories",
        about: "without a file, which no one gets done",
        document: "mutation { importTerritories(input: { file: \"none\" }) { errors { code } } }",
        answers: "!+------",
    },
    Row {
        operation: "Query.partner",
        about: "an institution",
        document: "{ partner(id: @senate-kz) { id } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.partners",
        about: "all",
        document: "{ partners { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Mutation.createPartner",
        about: "of Kazakhstan",
        document: "mutation { createPartner(input: { kind: NGO, country: \"KZ\",
            names: [{ text: \"New\", language: \"en\" }] }) { partner { id } } }",
        answers: "!+-+----",
    },
    Row {
        operation: "Mutation.createPartner",
        about: "a branch of the host",
        document: "mutation { createPartner(input: { kind: NGO, country: \"IN\", parentId: @eci,
            names: [{ text: \"New\", language: \"en\" }] }) { partner { id } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.updatePartner",
        about: "of Kazakhstan",
        document: "mutation { updatePartner(input: { id: @senate-kz, note: \"A note.\" }) { partner { id } } }",
        answers: "!+-+----",
    },
    Row {
        operation: "Mutation.updatePartner",
        about: "the host",
        document: "mutation { updatePartner(input: { id: @eci, note: \"A note.\" }) { partner { id } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.mergePartners",
        about: "the host into itself, which no one gets done",
        document: "mutation { mergePartners(input: { fromId: @eci, intoId: @eci }) { partner { id } } }",
        answers: "!+------",
    },
    Row {
        operation: "Query.search",
        about: "a word",
        document: "{ search(text: \"commission\") { partners { id } events { id } } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.node",
        about: "an institution",
        document: "{ node(id: @eci) { id } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.node",
        about: "a draft in Kazakhstan",
        document: "{ node(id: @draft-kz) { id } }",
        answers: "!+++0000",
    },
    Row {
        operation: "Query.node",
        about: "an account of the host's",
        document: "{ node(id: @account-eci) { id } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Query.nodes",
        about: "a draft in Kazakhstan, null within the list where it is not seen",
        document: "{ nodes(ids: [@draft-kz]) { id } }",
        answers: SIGNED_IN,
    },
];
