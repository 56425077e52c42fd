// Selections: aliases, duplicates that merge at each level, fragments of every kind, `__typename` everywhere.

export const fields = (known) => [
  ['a single field', '{ me { displayName } }'],
  ['keys in document order, not in completion order',
    '{ reach { rowsOverlap } me { email } events(first: 1) { totalCount } __typename agreements { totalCount } }'],
  ['the name of an operation', 'query Events { events(first: 1) { nodes { id } } }'],
  ['one of several operations', 'query A { __typename } query B { me { email } }', undefined, 'B'],
  ['the first of several operations', 'query A { __typename } query B { me { email } }', undefined, 'A'],
  ['an operation beside unused ones that have variables',
    'query A { __typename } query B($id: ID!) { event(id: $id) { id } }', undefined, 'A'],
  ['aliases', '{ one: me { mail: email } two: me { name: displayName } }'],
  ['an alias that is another field’s name', '{ event: me { id: email email: id } }'],
  ['two aliases that swap', `{ event(id: "${known.conference}") { title: venue venue: title } }`],
  ['the same field twice', '{ me { email email } me { displayName } }'],
  ['the same field thrice, spread out', '{ me { email } __typename me { displayName } __typename me { id email } }'],
  ['the order is that of the first occurrence', '{ me { displayName } __typename me { id email displayName } }'],
  ['__typename alone', '{ __typename }'],
  ['__typename under an alias and its own name', '{ kind: __typename __typename also: __typename }'],
  ['__typename between fields', `{ event(id: "${known.conference}") {
    __typename id kind: __typename dates { __typename edtf } __typename counts { __typename } } }`],
  ['__typename in connections', '{ events(first: 2) { __typename pageInfo { __typename } edges { __typename node { __typename } } } }'],
  ['__typename of an interface', `{ node(id: "${known.program}") { __typename id } }`],
  ['duplicates merge below a root field', `{
    event(id: "${known.conference}") { dates { edtf } }
    event(id: "${known.conference}") { dates { earliest } title }
    event(id: "${known.conference}") { dates { latest edtf } host { name } } }`],
  ['duplicates merge three levels down', `{
    event(id: "${known.meeting}") { parent { host { names { text } } } }
    event(id: "${known.meeting}") { parent { host { names { language } id } title } } }`],
  ['duplicates merge in lists', `{
    events(first: 3) { nodes { id } }
    events(first: 3) { nodes { title } totalCount }
    events(first: 3) { edges { node { id } } }
    events(first: 3) { edges { cursor node { kind } } } }`],
  ['duplicates with equal arguments in another order', `{
    events(first: 2, orderBy: [{ field: STARTS_ON }]) { nodes { id } }
    events(orderBy: [{ field: STARTS_ON }], first: 2) { nodes { title } } }`],
  ['duplicates under one alias', `{
    e: event(id: "${known.seminar}") { id }
    e: event(id: "${known.seminar}") { t: title }
    e: event(id: "${known.seminar}") { t: title k: kind } }`],
  ['the same arguments as a list and as a single value', `{
    a: events(first: 2, orderBy: { field: CREATED_AT }) { nodes { id } }
    b: events(first: 2, orderBy: [{ field: CREATED_AT }]) { nodes { id } } }`],
  ['a named fragment', `{ event(id: "${known.conference}") { ...Title } } fragment Title on Event { title }`],
  ['a fragment before the operation', `fragment Title on Event { title } { event(id: "${known.conference}") { ...Title } }`],
  ['a fragment spread twice', `{ event(id: "${known.conference}") { ...Title id ...Title } } fragment Title on Event { title kind }`],
  ['a fragment in a fragment', `{ event(id: "${known.conference}") { ...Outer } }
    fragment Outer on Event { host { ...Inner } title ...Dates }
    fragment Inner on Partner { name country }
    fragment Dates on Event { dates { edtf precision } }`],
  ['two fragments that overlap', `{ event(id: "${known.conference}") { ...A ...B } }
    fragment A on Event { host { name } dates { edtf } }
    fragment B on Event { dates { days } host { id name } kind }`],
  ['a fragment overlaps a field', `{ event(id: "${known.conference}") { host { id } ...A host { kind } } }
    fragment A on Event { title host { name id } }`],
  ['the order when a fragment comes first', `{ event(id: "${known.conference}") { ...A id title } }
    fragment A on Event { kind title status }`],
  ['a fragment of many fields below the root', `{ me { ...F } } fragment F on Account { ${Array.from({ length: 40 }, (_, i) => `a${i}: id`).join(' ')} }`],
  ['a fragment on Query', '{ ...Q me { email } } fragment Q on Query { me { id } __typename }'],
  ['a fragment on Query that merges with the root', '{ me { email } ...Q } fragment Q on Query { me { id email } }'],
  ['an inline fragment without a type', '{ ... { me { email } } me { id } }'],
  ['an inline fragment with the type itself', `{ event(id: "${known.conference}") { ... on Event { id ... on Event { title } } } }`],
  ['nested inline fragments that merge', `{ ... { event(id: "${known.conference}") { ... { host { id } } } }
    ... on Query { event(id: "${known.conference}") { host { name } } } }`],
  ['an inline fragment on an interface of the type', `{ event(id: "${known.conference}") { ... on Node { id __typename } title } }`],
  ['a named fragment on an interface', `{ event(id: "${known.conference}") { ...N } partner(id: "${known.commission}") { ...N } }
    fragment N on Node { id }`],
  ['an interface with a fragment that applies', `{ node(id: "${known.conference}") { id ... on Event { title } } }`],
  ['an interface with fragments that do not apply', `{ node(id: "${known.conference}") {
    ... on Partner { name } ... on Program { name } ... on Event { title } __typename } }`],
  ['an interface whose fragments all do not apply', `{ node(id: "${known.conference}") { ... on Partner { name } } }`],
  ['an interface with the same key of two types', `{ node(id: "${known.commission}") {
    ... on Partner { label: name } ... on Program { label: name } } }`],
  ['a list of an interface', `{ nodes(ids: ["${known.conference}", "${known.commission}", "${known.program}", "${known.region}"]) {
    __typename id ... on Event { title dates { edtf } } ... on Partner { name } ... on Program { name }
    ... on Territory { name code } } }`],
  ['a list of an interface with named fragments', `{ nodes(ids: ["${known.region}", "${known.conference}"]) { ...E ...T ...N } }
    fragment N on Node { __typename id }
    fragment E on Event { id title host { ...P } }
    fragment T on Territory { code parent { ...T2 ...N } }
    fragment T2 on Territory { name }
    fragment P on Partner { name ...N }`],
  ['a fragment on an interface inside a fragment on an object', `{ node(id: "${known.program}") { ...P } }
    fragment P on Program { ...N lead { ...N name } } fragment N on Node { id ... on Partner { kind } ... on Program { version } }`],
  ['an interface field beside a fragment’s same field', `{ node(id: "${known.report}") { id ... on HeadcountReport { id value label { text } } id } }`],
  ['a type condition inside an interface inside an object', `{ partner(id: "${known.branch}") {
    ... on Node { ... on Partner { parent { ... on Node { id ... on Partner { name } } } } ... on Event { title } } } }`],
  ['every kind of node', `{ nodes(ids: ["${known.agreement}", "${known.delegation}", "${known.participant}", "${known.registration}", "${known.source}"]) {
    __typename
    ... on Agreement { title kind parties { role partner { name } } }
    ... on Delegation { size head { role } members { id } }
    ... on Participant { name names { asWritten family given } registrations { id role } }
    ... on Registration { role status participant { name } attendance { hasAttended isInside } }
    ... on Source { language headline published { edtf } } } }`],
  ['an unknown node is null', '{ nodes(ids: ["BAAAAAAAAAAAAAAAAAAAAAA"]) { id } }'],
  ['ids in another order and twice', `{ nodes(ids: ["${known.region}", "${known.program}", "${known.region}"]) { id __typename } }`],
  ['lists in lists of objects', `{ program(id: "${known.program}") {
    name names { text language kind script } stages { number description { text translations { language text } } dates { edtf gaps } }
    partners { role partner { name names { text } } } } }`],
  ['the same list under two aliases', `{ partner(id: "${known.agency}") {
    a: branches(first: 1) { nodes { name } } b: branches { nodes { id } totalCount } } }`],
  ['enums and scalars of every kind', `{ event(id: "${known.conference}") {
    kind format status languages country createdAt version isArchived possibleSteps capacity
    timetable { startsAt endsAt zone } dates { edtf earliest latest days gaps isWindow precision startCertainty }
    particulars { certificate test note funding { isStatedForEvent amount { amount currency } } modules { number } } } }`],
  ['a deep path', `{ territory(id: "${known.region}") { parent { children(first: 1) { nodes { parent { parent { name } name } } } } } }`],
  ['comments, commas and odd spaces', `\uFEFF{,,me,{ # the reader\n\temail,,displayName\r\n}}#end`],
  ['block strings and escapes as arguments', `{ a: search(text: """
      Jizzakh
    """) { events { id } } b: search(text: "\\u004Aizzakh") { events { id } } c: search(text: "\\u{4A}izzakh") { events { id } } }`],
];
