// `@skip` and `@include` on fields, spreads and inline fragments, by literals, variables and defaults.

export const directives = (known) => [
  ['skipped', '{ me { email @skip(if: true) id } }'],
  ['not skipped', '{ me { email @skip(if: false) id } }'],
  ['included', '{ me { email @include(if: true) id } }'],
  ['not included', '{ me { email @include(if: false) id } }'],
  ...[true, false].flatMap((skip) => [true, false].map((include) => [
    `skip ${skip} and include ${include}`,
    `{ me { id email @skip(if: ${skip}) @include(if: ${include}) } }`,
  ])),
  ...[true, false].flatMap((skip) => [true, false].map((include) => [
    `include ${include} and skip ${skip} by variables`,
    'query($s: Boolean!, $i: Boolean!) { me { id email @include(if: $i) @skip(if: $s) } }',
    { s: skip, i: include },
  ])),
  ['by a default', 'query($on: Boolean! = false) { me { id email @include(if: $on) displayName @skip(if: $on) } }'],
  ['by a default of a nullable variable', 'query($on: Boolean = true) { me { id email @include(if: $on) displayName @skip(if: $on) } }'],
  ['a default that is overridden', 'query($on: Boolean! = false) { me { id email @include(if: $on) displayName @skip(if: $on) } }', { on: true }],
  ['a nullable default that is overridden', 'query($on: Boolean = true) { me { id email @include(if: $on) } }', { on: false }],
  ['on the only field of a selection', '{ me { email @skip(if: true) } }'],
  ['on a root field', '{ me @skip(if: true) { email } __typename }'],
  ['on all root fields', '{ me @skip(if: true) { email } }'],
  ['on __typename', '{ __typename @skip(if: true) kind: __typename @include(if: true) me { __typename @include(if: false) id } }'],
  ['on a spread', '{ ...A @skip(if: true) ...B @include(if: true) } fragment A on Query { me { id } } fragment B on Query { me { email } }'],
  ['on a spread that comes twice', '{ ...A @skip(if: true) ...A } fragment A on Query { me { id } }'],
  ['on a spread that comes twice, the second skipped', '{ ...A ...A @skip(if: true) } fragment A on Query { me { id } }'],
  ['on an inline fragment', '{ ... @include(if: false) { me { id } } ... @include(if: true) { me { email } } }'],
  ['on an inline fragment with a type', `{ node(id: "${known.program}") { ... on Program @skip(if: true) { name } ... on Program @skip(if: false) { id } } }`],
  ['on one of two duplicates', '{ me { email } me @skip(if: true) { id } }'],
  ['on the first of two duplicates', '{ me @skip(if: true) { id } me { email } }'],
  ['on a field of one of two duplicates', '{ me { email @skip(if: true) id } me { email } }'],
  ['different conditions on duplicates', `query($a: Boolean!, $b: Boolean!) {
    me { email @include(if: $a) id displayName } me { id @skip(if: $a) email @include(if: $b) } }`, { a: false, b: true }],
  ['conditions in nested fragments', `query($on: Boolean = false) { event(id: "${known.conference}") { ...A } }
    fragment A on Event { id ...B @include(if: $on) ... @skip(if: $on) { title } }
    fragment B on Event { kind status }`],
  ['conditions in nested fragments, turned on', `query($on: Boolean = false) { event(id: "${known.conference}") { ...A } }
    fragment A on Event { id ...B @include(if: $on) ... @skip(if: $on) { title } }
    fragment B on Event { kind status }`, { on: true }],
  ['a skipped field with an error is not asked', '{ event(id: "wrong") @skip(if: true) { id } me { id } }'],
  ['a skipped fragment with an error is not asked', '{ ...A @skip(if: true) me { id } } fragment A on Query { event(id: "wrong") { id } }'],
  ['a skipped field whose sibling of the same key stays', `{ x: event(id: "${known.conference}") @skip(if: true) { id } me { id } x: event(id: "${known.conference}") { title } }`],
  ['include on lists', `query($on: Boolean!) { events(first: 2) { nodes @include(if: $on) { id } edges @skip(if: $on) { cursor } totalCount } }`, { on: true }],
  ['a variable used in an argument and a condition', `query($all: Boolean! = true) { event(id: "${known.conference}") {
    headcountReports(includeWithdrawn: $all) { id isWithdrawn @include(if: $all) } } }`],
];
