// One document, asked again and again with other variables: what is kept of it must not hold the first ones.

const document = (title, query, ...values) => values.map((variables, index) => [`${title}, ${index}`, query, variables]);

const series = (known) => [
  ...document('conditions', 'query($a: Boolean!, $b: Boolean = true) { me { id @include(if: $a) email @skip(if: $b) displayName @include(if: $b) } }',
    { a: true }, { a: false }, { a: true, b: false }, { a: false, b: false }, { a: true, b: true }, { a: 'true' }, {}),
  ...document('a number', 'query($n: Int = 2) { events(first: $n) { nodes { id } } }', {}, { n: 1 }, { n: 3 }, { n: null }, { n: 0 }, { n: 201 }, { n: '1' }, { n: 2.0 }),
  ...document('an id', 'query($id: ID!) { node(id: $id) { __typename ... on Event { title } ... on Partner { name } } me { id } }',
    { id: known.conference }, { id: known.commission }, { id: 'wrong' }, { id: known.program }, { id: 1 }, { id: null }, {}),
  ...document('an id with a default', `query($id: ID = "${known.conference}") { event(id: $id) { id } me { id } }`, {}, { id: known.meeting }, { id: null }, { id: known.seminar }),
  ...document('a list', 'query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }',
    { ids: [known.program, known.region] }, { ids: known.region }, { ids: [] }, { ids: [known.region, known.program] }, { ids: ['wrong'] }, { ids: [null] }, { ids: null }),
  ...document('a list of enums', 'query($k: [EventKind!]) { events(where: { kind: { in: $k } }) { totalCount } }',
    { k: ['SERIES'] }, { k: 'CONFERENCE' }, { k: ['CONFERENCE'] }, { k: ['COW'] }, { k: null }, {}, { k: [] }, { k: ['SERIES', 'CONFERENCE'] }),
  ...document('an input object', 'query($w: EventWhere) { events(where: $w) { totalCount nodes { id } } }',
    { w: { stage: 1 } }, { w: { stage: null } }, {}, { w: {} }, { w: { hasHost: true } }, { w: { cow: 1 } }, { w: null }, { w: { or: [{ stage: 1 }, { hasHost: false }] } }, { w: { or: { stage: 1 } } }),
  ...document('a field of an input object', 'query($c: CountryCode) { events(where: { country: { eq: $c }, stage: null }) { totalCount } }', { c: 'KZ' }, {}, { c: 'UZ' }, { c: null }),
  ...document('a field with a default of an input object', 'query($d: OrderDirection) { events(orderBy: { field: STARTS_ON, direction: $d }, first: 2) { nodes { id } } }',
    { d: 'DESCENDING' }, {}, { d: 'ASCENDING' }, { d: null }, { d: 'SIDEWAYS' }),
  ...document('an argument with a default', `query($all: Boolean) { event(id: "${known.conference}") { headcountReports(includeWithdrawn: $all) { id } } }`,
    { all: true }, {}, { all: false }, { all: null }),
  ...document('the same variable as value and as condition', `query($all: Boolean! = false) { event(id: "${known.conference}") {
    headcountReports(includeWithdrawn: $all) { id isWithdrawn @include(if: $all) } } }`, {}, { all: true }, { all: false }, { all: true }),
  ...document('errors', `query($n: Int, $id: ID!) { event(id: $id) { id parts(first: $n) { totalCount } } me { id } }`,
    { id: known.conference, n: 1 }, { id: known.conference, n: 300 }, { id: 'wrong', n: 1 }, { id: known.conference }, { id: known.conference, n: 1 }),
  ...[undefined, 'A', 'B', 'A', 'C', 'B'].map((name, index) => [`operations, ${index}`,
    'query A($n: Int = 1) { ...E } query B($n: Int = 2) { ...E me { id } } fragment E on Query { events(first: $n) { nodes { id } } }', {}, name]),
];

/** Each document's variables in turn, and then backwards. */
export const again = (known) => [
  ...series(known),
  ...series(known).reverse().map(([title, ...request]) => [`${title}, backwards`, ...request]),
];
