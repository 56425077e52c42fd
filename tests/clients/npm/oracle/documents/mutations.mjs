// Mutations: done once for each key, one after the other, whatever merges, fails or is skipped.

export const mutations = (id) => [
  ['a single one', `mutation { updatePartner(input: { id: "${id}", note: "One" }) { partner { note version } errors { code } } }`],
  ['keys in document order', `mutation { updatePartner(input: { id: "${id}", note: "One" }) { errors { code } __typename partner { version note __typename } } __typename }`],
  ['one key twice is done once', `mutation {
    updatePartner(input: { id: "${id}", note: "One" }) { partner { note } }
    updatePartner(input: { id: "${id}", note: "One" }) { partner { version } } }`],
  ['one key thrice, by fragments', `mutation {
    updatePartner(input: { id: "${id}", note: "One" }) { partner { note } }
    ...A ... on Mutation { updatePartner(input: { id: "${id}", note: "One" }) { errors { code } } } }
    fragment A on Mutation { updatePartner(input: { id: "${id}", note: "One" }) { partner { version kind } } }`],
  ['one alias twice', `mutation {
    u: updatePartner(input: { id: "${id}", note: "One" }) { p: partner { version } }
    u: updatePartner(input: { id: "${id}", note: "One" }) { p: partner { note } } }`],
  ['two aliases one after the other', `mutation {
    first: updatePartner(input: { id: "${id}", note: "One" }) { partner { note version } }
    second: updatePartner(input: { id: "${id}", note: "Two" }) { partner { note version } } }`],
  ['the same twice under two aliases', `mutation {
    first: updatePartner(input: { id: "${id}", note: "One" }) { partner { note version } }
    second: updatePartner(input: { id: "${id}", note: "One" }) { partner { note version } } }`],
  ['three in turn, the first key again at the end', `mutation {
    a: updatePartner(input: { id: "${id}", note: "One" }) { partner { note } }
    b: updatePartner(input: { id: "${id}", note: "Two" }) { partner { note } }
    a: updatePartner(input: { id: "${id}", note: "One" }) { partner { version } } }`],
  ['what a payload says below duplicates', `mutation { updatePartner(input: { id: "${id}", note: "One" }) {
    partner { names { text } } partner { names { language kind } parent { id } } errors { code } errors { path } } }`],
  ['turned down', `mutation { updatePartner(input: { id: "${id}", note: "One", expectedVersion: 99 }) {
    partner { id } errors { __typename code path ... on RuleError { message } ... on InvalidInputError { path message } } } }`],
  ['turned down with named fragments', `mutation { updatePartner(input: { id: "${id}", note: "One", expectedVersion: 99 }) { errors { ...E ...R } } }
    fragment E on UserError { code message } fragment R on RuleError { __typename code path }`],
  ['turned down, then done', `mutation {
    a: updatePartner(input: { id: "${id}", note: "One", expectedVersion: 99 }) { partner { version } errors { code } }
    b: updatePartner(input: { id: "${id}", note: "Two", expectedVersion: 1 }) { partner { version note } errors { code } } }`],
  ['skipped', `mutation { updatePartner(input: { id: "${id}", note: "One" }) @skip(if: true) { partner { note } } __typename }`],
  ['one of two skipped', `mutation($no: Boolean = false) {
    a: updatePartner(input: { id: "${id}", note: "One" }) @include(if: $no) { partner { note } }
    b: updatePartner(input: { id: "${id}", note: "Two" }) @skip(if: $no) { partner { note version } } }`],
  ['one of two duplicates skipped', `mutation {
    updatePartner(input: { id: "${id}", note: "One" }) @skip(if: true) { partner { version } }
    updatePartner(input: { id: "${id}", note: "One" }) { partner { note } } }`],
  ['a skipped fragment', `mutation { ...A @skip(if: true) __typename }
    fragment A on Mutation { updatePartner(input: { id: "${id}", note: "One" }) { partner { note } } }`],
  ['an error in a nullable one, the next is done', `mutation {
    a: updatePartner(input: { id: "wrong", note: "One" }) { partner { note } errors { code path } }
    b: updatePartner(input: { id: "${id}", note: "Two" }) { partner { note version } } }`],
  ['an error below the payload, after it was done', `mutation {
    a: updatePartner(input: { id: "${id}", note: "One" }) { partner { note branches(first: 201) { totalCount } } errors { code } }
    b: updatePartner(input: { id: "${id}", note: "Two" }) { partner { note version } } }`],
  ['an error in duplicates below the payload', `mutation {
    updatePartner(input: { id: "${id}", note: "One" }) { partner { branches(first: 201) { totalCount } } }
    updatePartner(input: { id: "${id}", note: "One" }) { partner { version branches(first: 201) { nodes { id } } } } }`],
  ['an input by a variable', 'mutation($input: UpdatePartnerInput!) { updatePartner(input: $input) { partner { note version } } }',
    { input: { id, note: 'One' } }],
  ['a field by a variable', 'mutation($id: ID!, $note: String) { updatePartner(input: { id: $id, note: $note }) { partner { note version } } }', { id, note: 'One' }],
  ['a field by an omitted variable stays as it is', 'mutation($id: ID!, $note: String) { updatePartner(input: { id: $id, note: $note, kind: NGO }) { partner { note kind } } }', { id }],
  ['a field by null is removed', 'mutation($id: ID!, $note: String) { updatePartner(input: { id: $id, note: $note }) { partner { note kind } } }', { id, note: null }],
  ['a field by a default', 'mutation($id: ID!, $note: String = "By default") { updatePartner(input: { id: $id, note: $note }) { partner { note } } }', { id }],
  ['a default that null overrides', 'mutation($id: ID!, $note: String = "By default") { updatePartner(input: { id: $id, note: $note }) { partner { note } } }', { id, note: null }],
  ['a field left out of an input by a variable stays as it is', 'mutation($input: UpdatePartnerInput!) { updatePartner(input: $input) { partner { note kind } } }',
    { input: { id, kind: 'NGO' } }],
  ['a list in an input from a single value', `mutation { updatePartner(input: { id: "${id}", names: { text: "Renamed", language: "en" } }) { partner { names { text kind } } } }`],
  ['a list in an input from a single value by a variable', 'mutation($n: [NameInput!]) { updatePartner(input: { id: "' + id + '", names: $n }) { partner { names { text kind language } } } }',
    { n: { text: 'Renamed', language: 'en' } }],
  ['one of several operations', `query Q { me { id } } mutation M { updatePartner(input: { id: "${id}", note: "One" }) { partner { note } } }
    mutation N { updatePartner(input: { id: "${id}", note: "Two" }) { partner { note } } }`, undefined, 'N'],
  ['a conflict is not done at all', `mutation {
    updatePartner(input: { id: "${id}", note: "One" }) { partner { note } }
    updatePartner(input: { id: "${id}", note: "Two" }) { partner { note } } }`],
  ['an unknown field is not done at all', `mutation {
    a: updatePartner(input: { id: "${id}", note: "One" }) { partner { note } }
    b: updatePartner(input: { id: "${id}", note: "Two" }) { partner { cow } } }`],
  ['a wrong variable is not done at all', `mutation($n: Int!) {
    updatePartner(input: { id: "${id}", note: "One", expectedVersion: $n }) { partner { note } } }`, { n: 'x' }],
];
