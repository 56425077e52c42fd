//! Service accounts: the matter of those who manage them at each of their places; to end one, at one of them.

use super::{Row, SIGNED_IN};

pub(super) const ROWS: &[Row] = &[
    Row {
        operation: "Query.thisServiceAccount",
        about: "oneself, whom none of these is",
        document: "{ thisServiceAccount { id } }",
        answers: "00000000",
    },
    Row {
        operation: "Query.serviceAccounts",
        about: "those one manages, and oneself",
        document: "{ serviceAccounts { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.node",
        about: "a service account of the host's",
        document: "{ node(id: @service-account) { id } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.createServiceAccount",
        about: "that reads reach at the host",
        document: "mutation { createServiceAccount(input: { name: \"New\", scopes: [REACH_READ],
            places: [{ placeKind: PARTNER, placeId: @eci }] }) { serviceAccount { id } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.createServiceAccount",
        about: "that reads reach everywhere",
        document: "mutation { createServiceAccount(input: { name: \"New\", scopes: [REACH_READ],
            places: [{ placeKind: PLATFORM }] }) { serviceAccount { id } } }",
        answers: "!+------",
    },
    Row {
        operation: "Mutation.changeServiceAccount",
        about: "of the host's, to read contacts, too",
        document: "mutation { changeServiceAccount(input: { serviceAccountId: @service-account,
            scopes: [REACH_READ, CONTACTS_READ] }) { serviceAccount { id } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.changeServiceAccount",
        about: "of the host's, to read elsewhere",
        document: "mutation { changeServiceAccount(input: { serviceAccountId: @service-account,
            places: [{ placeKind: PARTNER, placeId: @eci }, { placeKind: PARTNER, placeId: @jspi }] })
            { serviceAccount { id } errors { code } } }",
        answers: "!+00-000",
    },
    Row {
        operation: "Mutation.changeServiceAccount",
        about: "back to the host alone",
        document: "mutation { changeServiceAccount(input: { serviceAccountId: @service-account,
            places: [{ placeKind: PARTNER, placeId: @eci }] }) { serviceAccount { id } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.rotateClientSecret",
        about: "of a service account of the host's",
        document: "mutation { rotateClientSecret(input: { serviceAccountId: @service-account })
            { clientSecret errors { code } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.withdrawClientSecret",
        about: "of a service account of the host's",
        document: "mutation { withdrawClientSecret(input: { clientSecretId: @client-secret }) { serviceAccount { id } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.revokeServiceAccount",
        about: "of the host's",
        document: "mutation { revokeServiceAccount(input: { serviceAccountId: @service-account, reason: \"A test.\" })
            { serviceAccount { id } } }",
        answers: "!+00+000",
    },
];
